package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.store.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** OpenAI's {@code x-ratelimit-*} headers: how the tightest limit of requests and that of tokens stand. */
final class RateHeaders {

    private RateHeaders() {}

    /** Tells them from the levels of a claim's limits, in their order. */
    static void tell(Call call, Claim claim, List<Level> levels) {
        for (Measure measure : List.of(Measure.REQUESTS, Measure.TOKENS)) {
            int tightest = -1;
            for (int i = 0; i < levels.size(); i++) {
                Rule rule = claim.limit(i).rule();
                boolean counts = rule.measure() == measure
                        && rule.period().isRolling()
                        && !rule.scope().isOfModel();
                if (counts
                        && (tightest < 0
                                || levels.get(i).remaining()
                                        < levels.get(tightest).remaining())) {
                    tightest = i;
                }
            }
            if (tightest >= 0) {
                tell(call, claim.limit(tightest).rule(), levels.get(tightest));
            }
        }
    }

    /** Tells how one limit stands, if it is one that the headers speak of. */
    static void tell(Call call, Rule rule, Level level) {
        if (rule.measure() == Measure.DOLLARS
                || !rule.period().isRolling()
                || rule.scope().isOfModel()) {
            return;
        }
        Map<String, String> headers = call.answerHeaders();
        String what = rule.measure().label();
        headers.put("x-ratelimit-limit-" + what, Long.toString(rule.max()));
        headers.put("x-ratelimit-remaining-" + what, Long.toString(level.remaining()));
        headers.put("x-ratelimit-reset-" + what, text(level.resetsIn()));
    }

    /** As OpenAI writes times: {@code 120ms}, {@code 6.5s}, {@code 1m0s}. */
    static String text(Duration time) {
        long millis = time.toMillis();
        if (millis < 1000) {
            return millis + "ms";
        }
        String seconds = millis % 1000 == 0 || millis >= 60_000
                ? Long.toString(millis / 1000 % 60)
                : Long.toString(millis / 1000) + "." + String.format("%03d", millis % 1000);
        long minutes = millis / 60_000;
        return minutes == 0
                ? seconds + "s"
                : (minutes < 60 ? minutes + "m" : minutes / 60 + "h" + minutes % 60 + "m") + seconds + "s";
    }
}
