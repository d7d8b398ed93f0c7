package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;

/**
 * How long a provider asks to be left alone, by the most exact of what it says: {@code retry-after-ms}, {@code Retry-After}
 * (RFC 9110, section 10.2.3: seconds or one of three forms of a date; a fraction too), Google's {@code RetryInfo}, and with a
 * 429 the times at which its limits are reset. What cannot be read or is past says nothing; an hour stands for what is longer.
 */
final class RetryAfter {

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}(?:\\.\\d{1,18})?", Pattern.UNICODE_CASE);

    /** Go's durations, as OpenAI and Google write them: 6m0s, 250ms, 1h2m3.5s. */
    private static final Pattern SPAN = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|us|µs|ns|d|h|m|s)");

    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ENGLISH);
    private static final List<String> RESETS = List.of(
            "x-ratelimit-%s-requests", "x-ratelimit-%s-tokens",
            "anthropic-ratelimit-requests-%s", "anthropic-ratelimit-tokens-%s",
            "anthropic-ratelimit-input-tokens-%s", "anthropic-ratelimit-output-tokens-%s");

    private RetryAfter() {}

    /**
     * @param header gives a header of the answer by its name, null where it has none of that name
     * @param error the error object; missing where there is none
     * @param status the answer's status
     * @param now the wall clock, for what is a date
     * @return null where nothing is said
     */
    static Duration of(UnaryOperator<String> header, JsonNode error, int status, Instant now) {
        Duration told = number(header.apply("retry-after-ms"), 1);
        if (told == null) {
            told = secondsOrDate(header.apply("Retry-After"), now);
        }
        if (told == null) {
            told = retryInfo(error);
        }
        if (told == null && status == 429) {
            told = reset(header, now);
        }
        return told == null ? null : bounded(told);
    }

    /** In whole seconds from the first on, the next one for a fraction: so it is told to clients. */
    private static Duration bounded(Duration told) {
        if (told.compareTo(LONGEST) > 0) {
            return LONGEST;
        }
        return told.toSeconds() == 0 || told.toNanosPart() == 0 ? told : Duration.ofSeconds(told.toSeconds() + 1);
    }

    private static Duration number(String text, long millis) {
        if (text == null || !NUMBER.matcher(text.strip()).matches()) {
            return null;
        }
        double value = Double.parseDouble(text.strip()) * millis;
        return Duration.ofMillis((long) Math.ceil(Math.min(value, LONGEST.toMillis() * 2.0)));
    }

    private static Duration secondsOrDate(String text, Instant now) {
        Duration seconds = number(text, 1000);
        return text == null || seconds != null ? seconds : until(date(text.strip()), now);
    }

    private static Instant date(String text) {
        Instant date = DateUtils.parseStandardDate(text);
        if (date != null) {
            return date;
        }
        try {
            return LocalDateTime.parse(text.replaceAll(" +", " "), ASCTIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Duration until(Instant date, Instant now) {
        return date == null || date.isBefore(now) ? null : Duration.between(now, date);
    }

    /** Google's {@code RetryInfo}: 12s, or 1.5s. */
    private static Duration retryInfo(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            Duration delay = span(detail.path("retryDelay").asText(""));
            if (delay != null) {
                return delay;
            }
        }
        return null;
    }

    private static Duration span(String text) {
        Matcher matcher = SPAN.matcher(text);
        double millis = 0;
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            millis += Double.parseDouble(matcher.group(1)) * millis(matcher.group(2));
            end = matcher.end();
        }
        return end == 0 || end < text.length()
                ? null
                : Duration.ofMillis((long) Math.ceil(Math.min(millis, LONGEST.toMillis() * 2.0)));
    }

    private static double millis(String unit) {
        return switch (unit) {
            case "d" -> 86_400_000;
            case "h" -> 3_600_000;
            case "m" -> 60_000;
            case "s" -> 1000;
            case "ms" -> 1;
            default -> 0;
        };
    }

    /**
     * The time after which the limits allow something again: the longest among those that are used up; where none says that it
     * is, the shortest.
     */
    private static Duration reset(UnaryOperator<String> header, Instant now) {
        List<Duration> all = new ArrayList<>();
        Duration longestUsedUp = null;
        for (String name : RESETS) {
            Duration reset = time(header.apply(String.format(name, "reset")), now);
            if (reset == null) {
                continue;
            }
            all.add(reset);
            String left = header.apply(String.format(name, "remaining"));
            boolean usedUp = left != null && left.strip().equals("0");
            if (usedUp && (longestUsedUp == null || reset.compareTo(longestUsedUp) > 0)) {
                longestUsedUp = reset;
            }
        }
        return longestUsedUp != null
                ? longestUsedUp
                : all.stream().min(Duration::compareTo).orElse(null);
    }

    /** A span, a number of seconds, or a time of day as RFC 3339 has it. */
    private static Duration time(String text, Instant now) {
        if (text == null) {
            return null;
        }
        Duration span = span(text.strip());
        if (span == null) {
            span = number(text, 1000);
        }
        if (span != null) {
            return span;
        }
        try {
            return until(Instant.parse(text.strip()), now);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
