package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * A model that is none: it answers at once, or streams at a settable pace, says that it is a simulator, and reports the
 * tokens it used. For trying the gateway, for tests and for load, without a key.
 *
 * <p>It repeats the last user message, calls the tool it is told to call, and fills a required JSON schema with values
 * that satisfy its types.
 */
public final class Simulator implements Processor {

    private final Parameters parameters = new Parameters();
    private Duration firstTokenDelay = Duration.ZERO;
    private Duration eventDelay = Duration.ofMillis(20);

    /** How long it thinks before the first word, or before a plain answer. */
    public void setFirstTokenDelay(Duration firstTokenDelay) {
        this.firstTokenDelay = notNegative("firstTokenDelay", firstTokenDelay);
    }

    /** How long it waits between two events of a stream. */
    public void setEventDelay(Duration eventDelay) {
        this.eventDelay = notNegative("eventDelay", eventDelay);
    }

    /** What becomes of parameters that would tune an answer: {@code drop}, which tells the client, unless set; or {@code refuse}. */
    public void setUnsupported(String unsupported) {
        parameters.unsupported(unsupported);
    }

    private static Duration notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value.toMillis() + " ms; it must be 0 or more");
        }
        return value;
    }

    @Override
    public void process(Exchange exchange) {
        Call call = Calls.asked(exchange);
        Request request = call.getRequest();
        if (call.getOperation() == Operation.EMBEDDINGS) {
            pause(call, firstTokenDelay);
            call.used(Usage.reported(call.inputEstimate(), 0, 0, 0));
            exchange.getMessage().setBody(new Answer(null, SimulatedEmbeddings.answer(request.tree(), call)));
            return;
        }
        refuseDemands(call, request.tree());
        SimulatedReply reply = SimulatedReply.to(request.tree());
        Usage usage = Usage.reported(call.inputEstimate(), reply.tokens(), 0, 0);
        if (request.stream()) {
            exchange.getMessage().setBody(new PacedStream(call, events(call, reply, usage), usage, reply));
        } else {
            pause(call, firstTokenDelay);
            call.used(usage);
            call.finishReason(reply.finishReason());
            exchange.getMessage()
                    .setBody(new Answer(
                            null,
                            Completion.whole(call, call.getModel(), reply.message(), reply.finishReason(), usage)));
        }
    }

    /** It says one thing, in text: who asks for more must not take that for the answer. What tunes an answer changes nothing. */
    private void refuseDemands(Call call, ObjectNode request) {
        for (String param : List.of("n", "logprobs", "audio", "web_search_options")) {
            if (request.has(param) && !Parameters.saysNothing(param, request.get(param))) {
                throw Parameters.refusal(call, param);
            }
        }
        for (JsonNode modality : request.path("modalities")) {
            if (!modality.asText().equals("text")) {
                throw Parameters.refusal(call, "modalities");
            }
        }
        for (String param :
                List.of("temperature", "top_p", "seed", "logit_bias", "presence_penalty", "frequency_penalty")) {
            if (request.has(param) && !Parameters.saysNothing(param, request.get(param))) {
                parameters.leaveOut(call, param);
            }
        }
    }

    private static void pause(Call call, Duration delay) {
        if (delay.isZero()) {
            return;
        }
        CountDownLatch cancelled = new CountDownLatch(1);
        Runnable cancel = cancelled::countDown;
        call.cancellation().onCancel(cancel);
        try {
            await(cancelled, delay);
        } finally {
            call.cancellation().forget(cancel);
        }
    }

    private static void await(CountDownLatch cancelled, Duration delay) {
        try {
            if (cancelled.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new CancellationException("nobody waits for the answer any more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private static List<StreamEvent> events(Call call, SimulatedReply reply, Usage usage) {
        List<StreamEvent> events = new ArrayList<>();
        for (ObjectNode delta : reply.deltas()) {
            events.add(Completion.chunk(head(call), 0, delta, null));
        }
        events.add(Completion.chunk(head(call), 0, Json.object(), reply.finishReason()));
        if (call.getRequest().wantsStreamUsage()) {
            events.add(Completion.usageChunk(head(call), Completion.usage(usage)));
        }
        return events;
    }

    private static ObjectNode head(Call call) {
        return Completion.head(call, "chat.completion.chunk", call.getModel());
    }

    /** Events one after the other, with a pause before each; the usage counts what has been said so far. */
    private final class PacedStream extends TokenStream {
        private final Call call;
        private final List<StreamEvent> events;
        private final Usage whole;
        private final SimulatedReply reply;
        private final CountDownLatch released = new CountDownLatch(1);
        private volatile int next;
        private boolean settled;

        PacedStream(Call call, List<StreamEvent> events, Usage whole, SimulatedReply reply) {
            this.call = call;
            this.events = events;
            this.whole = whole;
            this.reply = reply;
        }

        @Override
        protected StreamEvent pull() {
            if (next == events.size()) {
                settle();
                return null;
            }
            Duration delay = next == 0 ? firstTokenDelay : eventDelay;
            if (!delay.isZero()) {
                await(released, delay);
            }
            StreamEvent event = events.get(next);
            next = next + 1;
            return event;
        }

        @Override
        protected void release() {
            released.countDown();
            settle();
        }

        private synchronized void settle() {
            if (settled) {
                return;
            }
            settled = true;
            if (next == events.size()) {
                call.used(whole);
                call.finishReason(reply.finishReason());
            } else {
                long said = 0;
                for (int i = 0; i < next; i++) {
                    said += OpenAi.textTokens(events.get(i).json().at("/choices/0/delta"));
                }
                call.used(Usage.reported(whole.inputTokens(), said, 0, 0));
            }
        }
    }
}
