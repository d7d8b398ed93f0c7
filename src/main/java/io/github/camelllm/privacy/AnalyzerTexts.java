package io.github.camelllm.privacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.privacy.detect.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The texts of a request as one question to an analyzer in Presidio's words, and what its answer says of each. */
final class AnalyzerTexts {

    private static final String BETWEEN = "\n\n";
    private static final int STRIDE = 512;

    private final String all;
    /** Where each {@link #STRIDE}th code point is; null where code points are characters. */
    private final int[] places;

    private final int[] starts;
    private final List<String> texts;

    AnalyzerTexts(List<String> texts) {
        this.texts = texts;
        this.starts = new int[texts.size()];
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < starts.length; i++) {
            starts[i] = joined.length();
            joined.append(texts.get(i)).append(BETWEEN);
        }
        this.all = joined.toString();
        this.places = all.chars().anyMatch(c -> Character.isSurrogate((char) c)) ? places(all) : null;
    }

    private static int[] places(String text) {
        int[] places = new int[text.codePointCount(0, text.length()) / STRIDE + 1];
        for (int i = 1; i < places.length; i++) {
            places[i] = text.offsetByCodePoints(places[i - 1], STRIDE);
        }
        return places;
    }

    /** The question: {@code {"text": ..., "language": ...}}. */
    byte[] question(String language) {
        ObjectNode question = Json.object();
        question.put("text", all).put("language", language);
        return Json.write(question);
    }

    /**
     * The findings of each text.
     *
     * @param answer an array of {@code {"entity_type", "start", "end", "score"}}, with places in code points
     * @throws AnalyzerFailure when it is something else
     */
    List<List<Finding>> findings(byte[] answer, double threshold) {
        List<List<Finding>> findings = new ArrayList<>();
        texts.forEach(text -> findings.add(new ArrayList<>()));
        for (JsonNode found : array(answer)) {
            JsonNode start = found.path("start");
            JsonNode end = found.path("end");
            JsonNode score = found.path("score");
            String type = found.path("entity_type").asText("").toUpperCase(Locale.ROOT);
            if (!start.isInt()
                    || !end.isInt()
                    || !score.isNumber()
                    || !PrivacyFile.TYPE.matcher(type).matches()) {
                throw garbage("an entry without entity_type, start, end and score");
            }
            int from = place(start.intValue());
            int to = place(end.intValue());
            if (from < 0 || to < from) {
                throw garbage("a place that is not in the text");
            }
            if (score.doubleValue() >= threshold) {
                add(from, to, type, score.doubleValue(), findings);
            }
        }
        return findings;
    }

    private static JsonNode array(byte[] answer) {
        try {
            JsonNode read = Json.read(answer == null ? new byte[0] : answer);
            if (read.isArray()) {
                return read;
            }
        } catch (IOException e) {
            throw garbage("no JSON");
        }
        throw garbage("no JSON array");
    }

    private static AnalyzerFailure garbage(String what) {
        return new AnalyzerFailure("the analyzer has answered with " + what, false);
    }

    /** A place given in code points; -1 when the text has none such. */
    private int place(int codePoints) {
        if (codePoints < 0 || codePoints > all.length()) {
            return -1;
        }
        if (places == null) {
            return codePoints;
        }
        try {
            int before = Math.min(codePoints / STRIDE, places.length - 1);
            return all.offsetByCodePoints(places[before], codePoints - before * STRIDE);
        } catch (IndexOutOfBoundsException e) {
            return -1;
        }
    }

    private void add(int from, int to, String type, double score, List<List<Finding>> findings) {
        int at = Arrays.binarySearch(starts, from);
        int index = at >= 0 ? at : -at - 2;
        int start = from - starts[index];
        int end = Math.min(to - starts[index], texts.get(index).length());
        if (end > start) {
            findings.get(index).add(new Finding(start, end, type, score));
        }
    }
}
