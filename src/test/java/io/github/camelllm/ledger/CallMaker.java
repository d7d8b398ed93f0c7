package io.github.camelllm.ledger;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes finished calls. */
final class CallMaker {

    String id = "call_1";
    Instant receivedAt = Instant.parse("2026-11-15T10:00:00.123456Z");
    long latencyNanos = 1_234_567_891L;
    String operation = "chat";
    Identity who = new Identity("k1", "acme", "ann", "search", "pro", Set.of());
    String model = "gpt-x";
    String provider = "openai";
    int status = 200;
    String errorCode;
    String cache = "bypass";
    String degraded;
    final List<FinishedCall.Try> attempts = new ArrayList<>();

    static CallMaker call(String id) {
        CallMaker maker = new CallMaker();
        maker.id = id;
        return maker;
    }

    CallMaker at(String moment) {
        receivedAt = Instant.parse(moment);
        return this;
    }

    CallMaker by(String user, String team) {
        who = new Identity("k-" + user, "acme", user, team, "pro", Set.of());
        return this;
    }

    /** An attempt that used so much; a null cost is an unknown one. */
    CallMaker used(String byModel, long input, long output, String cost) {
        model = byModel;
        return tried(byModel, Usage.reported(input, output, input / 2, output / 2), cost);
    }

    CallMaker tried(String byModel, Usage usage, String cost) {
        attempts.add(new FinishedCall.Try(
                byModel,
                provider,
                5_000_000,
                200,
                null,
                null,
                null,
                usage,
                cost == null ? null : new BigDecimal(cost)));
        return this;
    }

    CallMaker failed(int newStatus, String code) {
        status = newStatus;
        errorCode = code;
        return this;
    }

    FinishedCall make() {
        return new FinishedCall(
                id,
                "req-" + id,
                "0af7651916cd43dd8448eb211c80319c",
                receivedAt,
                operation,
                who,
                "fast",
                null,
                false,
                model,
                provider,
                attempts.isEmpty() || attempts.get(attempts.size() - 1).usage() == null
                        ? Usage.NONE
                        : attempts.get(attempts.size() - 1).usage(),
                null,
                latencyNanos,
                -1,
                100,
                200,
                "stop",
                cache,
                List.copyOf(attempts),
                status,
                errorCode,
                degraded,
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

    Entry entry() {
        return Entry.of(make());
    }

    /** A call of that number: any of what a call can be. */
    static CallMaker random(Random random, String id) {
        CallMaker maker = call(id);
        maker.receivedAt =
                Instant.parse("2026-11-01T00:00:00Z").plusNanos(random.nextLong(30L * 24 * 3600 * 1_000_000_000L));
        maker.latencyNanos = random.nextInt(4) == 0 ? random.nextLong(1L << 45) : random.nextInt(2_000_000_000);
        maker.who = new Identity(
                "k" + random.nextInt(5),
                "tenant" + random.nextInt(2),
                pick(
                        random,
                        "ann",
                        "bob",
                        "Zoë \"the, one\"",
                        "=1+2",
                        "line\nbreak",
                        "\ud83d\ude00",
                        "a\u0000b",
                        "half\ud83d"),
                "team" + random.nextInt(3),
                pick(random, "free", "pro"),
                Set.of());
        maker.operation = pick(random, "chat", "embeddings");
        maker.status = random.nextBoolean() ? 200 : 503;
        maker.errorCode = maker.status == 200 ? null : "no_model_available";
        maker.cache = pick(random, "miss", "hit", "bypass");
        maker.degraded = pick(random, null, "stale");
        for (int i = random.nextInt(4); i > 0; i--) {
            maker.provider = pick(random, "openai", "anthropic");
            Usage usage = new Usage(
                    random.nextInt(10) == 0 ? random.nextLong(1L << 60) : random.nextInt(100_000),
                    random.nextInt(100_000),
                    random.nextInt(1000),
                    random.nextInt(1000),
                    random.nextInt(1000),
                    random.nextBoolean());
            maker.model = "model" + random.nextInt(4);
            maker.tried(
                    maker.model,
                    random.nextInt(3) == 0 ? null : usage,
                    random.nextInt(3) == 0
                            ? null
                            : new BigDecimal(
                                            java.math.BigInteger.valueOf(random.nextLong(1L << 50)), random.nextInt(20))
                                    .toString());
        }
        if (maker.attempts.isEmpty()) {
            maker.model = null;
            maker.provider = null;
        }
        return maker;
    }

    private static String pick(Random random, String... all) {
        return all[random.nextInt(all.length)];
    }
}
