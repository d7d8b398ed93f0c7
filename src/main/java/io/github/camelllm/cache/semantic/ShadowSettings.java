package io.github.camelllm.cache.semantic;

import java.time.Duration;

/**
 * How hits are checked.
 *
 * @param share of the hits that are asked of a model all the same, from 0 to 1
 * @param tolerated the share of checked hits that may differ, from 0 to 1
 * @param least how many must have been checked before a partition is judged, from 1
 * @param window how many checks count, the newest ones
 * @param rest how long a partition stays off
 */
record ShadowSettings(double share, double tolerated, int least, int window, Duration rest) {

    ShadowSettings {
        check("shadowShare", share);
        check("shadowTolerated", tolerated);
        if (least < 1 || least > window || window > 1000) {
            throw new IllegalArgumentException(
                    "semantic.shadowLeast is " + least + "; 1 to " + Math.min(window, 1000) + " is allowed");
        }
        if (rest.isNegative() || rest.isZero()) {
            throw new IllegalArgumentException("semantic.shadowRest is " + rest + "; a time such as 24h is allowed");
        }
    }

    private static void check(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("semantic." + name + " is " + share + "; 0 to 1 is allowed");
        }
    }
}
