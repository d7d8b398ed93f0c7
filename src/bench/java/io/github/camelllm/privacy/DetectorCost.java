package io.github.camelllm.privacy;

import io.github.camelllm.privacy.detect.Detectors;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** What the detectors take: of a text of 2 KB without and full of personal data, and of 1 MB made to hurt. */
public final class DetectorCost {

    private static final int KB = 1024;
    private static final int WARM = 3_000;
    private static final int MEASURED = 2_000;
    private static final int HOSTILE = 1024 * KB;

    private final Detectors detectors = Detectors.builtIn();

    /** The 50th and 99th percentile in milliseconds. */
    public record Millis(double p50, double p99) {}

    /** Prose without anything to find. */
    public static String clean() {
        return filled(
                "The committee met in spring and agreed, after some debate, that the harbour wall should be repaired before the"
                        + " winter storms. Two engineers (one of them new) had drawn up 3 plans; the second was the cheapest, at"
                        + " about 40 percent of the first. Nobody asked who would pay. ",
                2 * KB);
    }

    /** One thing to find in every forty characters. */
    public static String dense() {
        return filled(
                "Name: J. Doe, e-mail jane.doe@example.com, phone +1 415 555 0132, card 4012 8888 8888 1881, SSN 078-05-1123,"
                        + " IBAN GB29 NWBK 6016 1331 9268 19, IP 192.168.10.44, MAC 00:1A:2B:3C:4D:5E, NHS 221 395 1837,"
                        + " Aadhaar 3123 4567 8909, NIF 12345678Z, call (212) 555-0187 or 020 7946 0958, born 12/05/1984. ",
                2 * KB);
    }

    /** Texts of 1 MB, each the worst case of some check. */
    public static Map<String, String> hostile() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("one run of digits", "7".repeat(HOSTILE));
        texts.put("nine digits, spaced", random("ddddddddd ", HOSTILE));
        texts.put("ten digits, spaced", random("dddddddddd ", HOSTILE));
        texts.put("sixteen digits, spaced", random("dddddddddddddddd ", HOSTILE));
        texts.put("single digits, spaced", filled("1 2 3 ", HOSTILE));
        texts.put("numbers beside words", random("ssn passport ddddddddd ", HOSTILE));
        texts.put("phone numbers", random("415-ddd-dddd ", HOSTILE));
        texts.put("at signs", "@".repeat(HOSTILE));
        texts.put("a@a@", filled("a@a.", HOSTILE));
        texts.put("colons", ":".repeat(HOSTILE));
        texts.put("1:1:1:", filled("1:", HOSTILE));
        texts.put("a::b::", filled("a::", HOSTILE));
        texts.put("1.1.1.", filled("1.", HOSTILE));
        texts.put("addresses", random("d.d.d.d ", HOSTILE));
        texts.put("hyphens", "-".repeat(HOSTILE));
        texts.put("PEM without end", filled("-----BEGIN PRIVATE KEY-----", HOSTILE));
        texts.put("eyJ", filled("eyJ.", HOSTILE));
        texts.put("sk-sk-", filled("sk-", HOSTILE));
        texts.put("brackets", filled("(1", HOSTILE));
        texts.put("pluses", filled("+1", HOSTILE));
        texts.put("slashes", filled("://a:", HOSTILE));
        texts.put("IBAN heads", filled("GB29 ", HOSTILE));
        texts.put("short words", filled("a b c ", HOSTILE));
        texts.put("wallets", random("1ddddddddddAddddddddddBddddddddd ", HOSTILE));
        texts.put("months", filled("1 may 2 ", HOSTILE));
        texts.put("Korean", filled("여권번호 ", HOSTILE));
        texts.put("key =", filled("key a1", HOSTILE));
        texts.put("key=key=", filled("key=", HOSTILE));
        texts.put("key+key+", filled("key+", HOSTILE));
        texts.put("pwd=\"pwd=", filled("pwd=\"", HOSTILE));
        texts.put("key is key is", filled("key is ", HOSTILE));
        return texts;
    }

    /** A text of many kinds of things, one after the other, up to a length. */
    public static String filled(String text, int length) {
        return text.repeat(length / text.length() + 1).substring(0, length);
    }

    private static String random(String pattern, int length) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            char c = pattern.charAt(text.length() % pattern.length());
            text.append(c == 'd' ? (char) ('0' + random.nextInt(10)) : c);
        }
        return text.toString();
    }

    /** What one text takes, once the compiler is done. */
    public Millis of(String text) {
        for (int i = 0; i < WARM; i++) {
            detectors.find(text);
        }
        double[] each = new double[MEASURED];
        for (int i = 0; i < MEASURED; i++) {
            long start = System.nanoTime();
            detectors.find(text);
            each[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(each);
        return new Millis(each[MEASURED / 2], each[MEASURED * 99 / 100]);
    }

    /** The best of a few runs over a long text, in milliseconds of the thread's processor time. */
    public double best(String text) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 8; i++) {
            long start = threads.getCurrentThreadCpuTime();
            detectors.find(text);
            best = Math.min(best, (threads.getCurrentThreadCpuTime() - start) / 1e6);
        }
        return best;
    }

    /** The longest that one of the texts of 1 MB takes. */
    public Worst worst() {
        Worst worst = new Worst("", 0);
        for (Map.Entry<String, String> hostile : hostile().entrySet()) {
            double best = best(hostile.getValue());
            worst = best > worst.millis() ? new Worst(hostile.getKey(), best) : worst;
        }
        return worst;
    }

    /** A text, and the milliseconds of processor time that it takes. */
    public record Worst(String text, double millis) {}
}
