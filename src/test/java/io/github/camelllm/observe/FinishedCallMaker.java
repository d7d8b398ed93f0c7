package io.github.camelllm.observe;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Makes finished calls for tests of what becomes of them. */
final class FinishedCallMaker {

    String model = "gpt-x";
    String provider = "openai";
    Usage usage = Usage.reported(11, 7, 3, 2);
    Duration latency = Duration.ofMillis(200);
    Duration firstToken;
    Duration upstream = Duration.ofMillis(120);
    Duration firstByte = Duration.ofMillis(121);
    Identity who = Identity.ANONYMOUS;
    String cache = "bypass";
    int status = 200;
    String errorCode;
    List<FinishedCall.Try> attempts = List.of();

    /** An attempt that waited so long and then failed with that code, or not at all if it is null. */
    FinishedCallMaker tried(String triedModel, Duration waited, String code) {
        attempts = List.of(new FinishedCall.Try(triedModel, provider, nanos(waited), 0, code, null, null, null, null));
        return this;
    }

    FinishedCallMaker failed(int newStatus, String code) {
        status = newStatus;
        errorCode = code;
        firstByte = null;
        return this;
    }

    FinishedCall make() {
        return new FinishedCall(
                "call_1",
                "req-1",
                "0af7651916cd43dd8448eb211c80319c",
                Instant.EPOCH,
                "chat",
                who,
                "whatever the client asked for",
                null,
                firstToken != null,
                model,
                provider,
                usage,
                null,
                nanos(latency),
                nanos(firstToken),
                nanos(upstream),
                nanos(firstByte),
                "stop",
                cache,
                attempts,
                status,
                errorCode,
                null,
                null,
                null,
                List.of(),
                List.of(),
                null,
                "public",
                List.of(),
                null,
                null);
    }

    private static long nanos(Duration duration) {
        return duration == null ? -1 : duration.toNanos();
    }
}
