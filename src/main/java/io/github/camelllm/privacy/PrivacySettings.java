package io.github.camelllm.privacy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The settings of the step {@code redact}.
 *
 * @param file the rules
 * @param keys hashes values
 * @param analyzer the endpoint of an analyzer that is asked as well; empty for none
 * @param language what it is told that texts are written in
 * @param timeout how long it may take
 * @param refuses whether calls are refused while it does not answer; else they go on without it
 * @param threshold the score that its findings must reach
 */
record PrivacySettings(
        Path file, Keys keys, String analyzer, String language, Duration timeout, boolean refuses, double threshold) {

    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*");
    private static final Duration LONGEST = Duration.ofMinutes(1);

    PrivacySettings {
        if (!LANGUAGE.matcher(language).matches()) {
            throw new IllegalArgumentException(
                    "redact.analyzerLanguage is '" + language + "'; allowed is a language such as en");
        }
        if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "redact.analyzerTimeout is " + timeout.toMillis() + " ms; 1 ms to 1 minute is allowed");
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("redact.analyzerThreshold is " + threshold + "; 0 to 1 is allowed");
        }
    }

    static boolean refuses(String whenDown) {
        if (!whenDown.equals("refuse") && !whenDown.equals("pass")) {
            throw new IllegalArgumentException(
                    "redact.analyzerDown is '" + whenDown + "'; refuse and pass are allowed");
        }
        return whenDown.equals("refuse");
    }
}
