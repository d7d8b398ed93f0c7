package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Recovery;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure.Reaction;
import io.github.camelllm.step.Chain;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token stream that another model takes over when it breaks off. To the client it stays one answer, under one id; what
 * cannot be made whole ends with the cause of the first break, never with the complaint of the model that was to help.
 */
final class RecoveringStream extends TokenStream {

    private static final Logger LOG = LoggerFactory.getLogger(RecoveringStream.class);

    private final Call call;
    private final Exchange exchange;
    private final Chain next;
    private final Round round;
    private final FailoverSettings settings;
    private final Function<Model, List<Recovery>> recoveryOf;
    private final OneAnswer answer;

    private TokenStream source;
    private boolean released;
    private Model model;

    /** The first model whose failure is one to retry: asked once more when nobody else is left. */
    private Model again;

    private boolean askedAgain;

    /** Tokens of the completion when the stream last broke off. */
    private long usedSoFar;

    private Problem cause;

    /**
     * @param next the rest of the chain, for the model that stands on the call
     * @param round the models that are left
     * @param model the model that gave the stream
     * @param source its stream
     * @param recoveryOf what is to be done when a model's stream breaks off, first choice first
     */
    RecoveringStream(
            Call call,
            Exchange exchange,
            Chain next,
            Round round,
            FailoverSettings settings,
            Model model,
            TokenStream source,
            Function<Model, List<Recovery>> recoveryOf) {
        this.call = call;
        this.exchange = exchange;
        this.next = next;
        this.round = round;
        this.settings = settings;
        this.model = model;
        this.source = source;
        this.recoveryOf = recoveryOf;
        this.answer = new OneAnswer(call);
    }

    @Override
    protected StreamEvent pull() {
        StreamEvent ready = answer.poll();
        while (ready == null) {
            StreamEvent event;
            try {
                event = source.next();
                if (event != null && Chunks.isLast(event.json())) {
                    Failover.refuseCut(call, settings);
                }
            } catch (CancellationException e) {
                throw e;
            } catch (RuntimeException e) {
                if (answer.isFinished()) {
                    LOG.warn("request {}: its answer was whole before {}", call.getId(), Problem.from(e));
                    source.close();
                    return whole();
                }
                recover(e);
                continue;
            }
            if (event == null) {
                return whole();
            }
            if (!answer.take(event)) {
                source.close();
                throw cause.withDetail(
                        "'" + model.name() + "' answered afresh, but not what the client has already; before: "
                                + cause.detail().orElse(""));
            }
            ready = answer.poll();
        }
        return ready;
    }

    private StreamEvent whole() {
        if (answer.how() != null) {
            call.recovered(answer.how() == Recovery.CONTINUE ? "continued" : "restarted");
        }
        return null;
    }

    /** Returns when another model has taken over; throws the first cause when none does. */
    private void recover(RuntimeException failure) {
        Problem problem = Problem.ofAttempt(model.name(), failure);
        source.close();
        if (call.cancellation().cancelled() || problem.upstream().isEmpty()) {
            throw failure;
        }
        cause = cause == null ? problem : cause;
        Attempt broken = call.attempt();
        boolean counts = answer.isContributed() || broken.usage() == null;
        usedSoFar = call.getOutputTokens() - (counts ? 0 : broken.usage().outputTokens());
        broken.failed(problem);
        round.failed(problem);
        if (problem.upstream().get().reaction() == Reaction.TELL) {
            throw cause;
        }
        if (again == null && problem.upstream().get().reaction() == Reaction.RETRY && settings.retries() > 0) {
            again = model;
        }
        if (isTakenOver(broken, problem)) {
            return;
        }
        if (again != null && !askedAgain) {
            askedAgain = true;
            round.again(again, problem);
            if (isTakenOver(broken, problem)) {
                return;
            }
        }
        throw cause;
    }

    /** Whether any model that is left takes over, in one of the ways that are set. */
    private boolean isTakenOver(Attempt broken, Problem problem) {
        for (Recovery how : recoveryOf.apply(model)) {
            if (how == Recovery.ERROR) {
                return false;
            }
            if (isTakenOver(how, broken)) {
                LOG.warn(
                        "the stream of request {} broke off at {} ({}) and goes on at {}",
                        call.getId(),
                        broken.model(),
                        problem,
                        model.name());
                return true;
            }
        }
        return false;
    }

    private boolean isTakenOver(Recovery how, Attempt broken) {
        boolean goesOn = how == Recovery.CONTINUE;
        Predicate<Model> able = goesOn ? candidate -> candidate.abilities().prefill() : candidate -> true;
        Delivered delivered = answer.delivered();
        boolean fits = goesOn ? delivered.isText() && isText(round.request()) : delivered.isSingle();
        if (!fits || !round.hasNext(able)) {
            return false;
        }
        Continuation rest = new Continuation(delivered.text());
        call.continuing(goesOn);
        Model answering;
        try {
            answering = round.ask(next, goesOn ? rest.request(round.request(), usedSoFar) : round.request(), able);
        } catch (Exception e) {
            LOG.info("nobody could take over request {}: {}", call.getId(), Problem.from(e));
            if (call.cancellation().cancelled()) {
                throw call.cancellation().problem();
            }
            return false;
        } finally {
            call.continuing(false);
        }
        if (!(exchange.getMessage().getBody() instanceof TokenStream taken)) {
            return false;
        }
        if (answer.isContributed() && broken.usage() != null) {
            call.carry(broken.usage());
        }
        answer.takenOver(how, rest);
        model = answering;
        replace(taken);
        return true;
    }

    /** Whether plain text is asked for: a grammar would begin anew in the middle of JSON. */
    private static boolean isText(JsonNode request) {
        return request.path("response_format").path("type").asText("text").equals("text");
    }

    private void replace(TokenStream taken) {
        boolean late;
        synchronized (this) {
            late = released;
            source = taken;
        }
        if (late) {
            taken.close();
            throw new CancellationException("the stream was closed while another model took it over");
        }
    }

    @Override
    protected void release() {
        TokenStream last;
        synchronized (this) {
            released = true;
            last = source;
        }
        last.close();
    }
}
