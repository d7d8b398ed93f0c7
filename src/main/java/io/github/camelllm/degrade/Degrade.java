package io.github.camelllm.degrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Replay;
import io.github.camelllm.call.StaleAnswers;
import io.github.camelllm.call.Usage;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.degrade.DegradeSettings.StandIn;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers calls that no model answers: with a stale answer, then a static one, then the error, which is never hidden. What it
 * answers is marked ({@code X-LLM-Degraded}), and the record keeps the cause.
 *
 * <p>Below {@code authenticate} and {@code validate}: a call that they refuse is not answered. Only chat is degraded: there is
 * no stand-in for an embedding.
 */
public final class Degrade extends Step {

    private static final Logger LOG = LoggerFactory.getLogger(Degrade.class);

    /** What speaks of an outage and not of the caller. */
    private static final Set<ErrorCode> OUTAGES = Set.of(
            ErrorCode.UPSTREAM_ERROR,
            ErrorCode.UPSTREAM_TIMEOUT,
            ErrorCode.NO_MODEL_AVAILABLE,
            ErrorCode.STORE_UNAVAILABLE,
            ErrorCode.GLOBAL_RATE_LIMITED,
            ErrorCode.TOO_MANY_IN_FLIGHT);

    private final DegradeSwitch byHand = new DegradeSwitch();
    private List<StandIn> order = List.of(StandIn.STALE, StandIn.STATIC);
    private String configDir = "";
    private String answersFile = "";
    private volatile WatchedFile<StaticAnswers> watched;
    private volatile StaleAnswers stale = call -> Optional.empty();

    /** What stands in for a model, first choice first: {@code stale,static} unless set; empty for nothing. */
    public void setOrder(String order) {
        this.order = DegradeSettings.order(order);
    }

    /** The directory that a relative {@link #setAnswersFile answersFile} is in; the working directory if not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The file of static answers; it need not exist, and blank means none. */
    public void setAnswersFile(String answersFile) {
        this.answersFile = answersFile;
    }

    /** True degrades every call from the start on, and asks no model, until somebody switches it off (JMX). */
    public void setDegraded(boolean degraded) {
        byHand.setDegraded(degraded);
    }

    @Override
    protected void onStart(Route route) {
        DegradeSettings settings =
                new DegradeSettings(order, answersFile.isBlank() ? null : ConfigFile.of(configDir, answersFile));
        if (settings.answersFile() != null && watched == null) {
            WatchedFile<StaticAnswers> file =
                    WatchedFile.open(settings.answersFile(), Degrade::read, Calls.ticker(route.getCamelContext()));
            watched = file;
            LOG.info("{} static answers from {}", file.get().size(), settings.answersFile());
        }
        stale = Calls.bound(route.getCamelContext(), StaleAnswers.class, stale);
        byHand.register(route.getCamelContext().getName());
    }

    private static WatchedFile.Read<StaticAnswers> read(Path file) {
        StaticAnswers.Read read = StaticAnswers.read(file);
        return new WatchedFile.Read<>(read.answers(), read.problems());
    }

    private StaticAnswers answers() {
        WatchedFile<StaticAnswers> file = watched;
        return file == null ? StaticAnswers.NONE : file.get();
    }

    @Override
    protected void onStop(Route route) {
        byHand.unregister();
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        if (byHand.isDegraded()) {
            Problem cause = Problem.of(
                            ErrorCode.NO_MODEL_AVAILABLE, "The gateway asks no models for now; try again later.")
                    .withDetail("switched to degraded mode by hand");
            if (!isStoodIn(call, exchange, cause)) {
                throw cause;
            }
            return;
        }
        try {
            next.proceed();
        } catch (Exception e) {
            Problem cause = Problem.from(e);
            if (!OUTAGES.contains(cause.code())
                    || call.cancellation().cancelled()
                    || !isStoodIn(call, exchange, cause)) {
                throw e;
            }
        }
    }

    private boolean isStoodIn(Call call, Exchange exchange, Problem cause) {
        if (call.getOperation() != Operation.CHAT) {
            return false;
        }
        for (StandIn standIn : order) {
            Optional<Answer> answer = standIn == StandIn.STALE ? stale.find(call) : written(call);
            if (answer.isPresent()) {
                LOG.warn("request {} is answered {}: {}", call.getId(), standIn.label(), cause);
                call.degrade(standIn.label(), cause);
                exchange.getMessage().removeHeaders("*");
                exchange.getMessage()
                        .setBody(
                                call.isStream()
                                        ? Replay.of(
                                                answer.get().tree(),
                                                call.getRequest().wantsStreamUsage())
                                        : answer.get());
                return true;
            }
        }
        return false;
    }

    /** An answer for a question that is known, where text is what is asked for. */
    private Optional<Answer> written(Call call) {
        ObjectNode request = call.getRequest().tree();
        String format = request.path("response_format").path("type").asText("text");
        return format.equals("text")
                ? question(request.path("messages")).flatMap(answers()::find).map(text -> answer(call, text))
                : Optional.empty();
    }

    /** The text of the last message, if it is the user's and nothing but text. */
    private static Optional<String> question(JsonNode messages) {
        JsonNode last = messages.path(messages.size() - 1);
        if (!last.path("role").asText("").equals("user")) {
            return Optional.empty();
        }
        JsonNode content = last.path("content");
        if (content.isTextual()) {
            return Optional.of(content.textValue());
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("text").isTextual()) {
                return Optional.empty();
            }
            text.append(part.path("text").textValue()).append(' ');
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    private static Answer answer(Call call, String text) {
        call.finishReason("stop");
        ObjectNode message = Json.object().put("role", "assistant").put("content", text);
        return new Answer(null, Completion.whole(call, "static", message, "stop", Usage.NONE));
    }
}
