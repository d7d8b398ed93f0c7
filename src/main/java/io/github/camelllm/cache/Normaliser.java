package io.github.camelllm.cache;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One form for the ways to write the same short question. Errs to leaving things apart: a text with more than words in it
 * (quotes, a colon, brackets, lines, symbols) has a form that is its own, as what stands there is to be worked on rather than
 * understood.
 */
final class Normaliser {

    private static final int LONGEST = 300;

    /** Letters and digits of any language, single blanks, and what stands in and around words of plain sentences. */
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{M}\\p{N} .,;!?…¿¡。？！，、'’%€$£&-]+");

    /** What the Unicode form would make plain, and so another: 5² is not 52. */
    private static final Pattern RAISED = Pattern.compile("[\\p{No}\\u02b0-\\u02e4\\u1d2c-\\u1d6a\\u2070-\\u209f]");

    private static final Pattern QUESTION_MARKS = Pattern.compile("[?？]+");
    private static final Pattern BLANKS = Pattern.compile("[\\p{Z}\\t]+");
    private static final String ENDS = ".,;!…。！，、";
    private static final String BEGINNINGS = "¿¡";
    private static final String QUESTIONS = "?？";

    private Normaliser() {}

    /** A word, and whether punctuation follows. */
    private record Word(String text, boolean isLast) {}

    /**
     * The common form of a question; null where it has none.
     *
     * @param fillers words and phrases, each in that form itself, that mean nothing at the beginning, and at the end behind
     *     punctuation; one that ends with a comma means something at the beginning, too, unless punctuation follows
     */
    static String normalise(String text, List<String> fillers) {
        if (text.length() > LONGEST
                || text.indexOf('\n') >= 0
                || RAISED.matcher(text).find()) {
            return null;
        }
        String plain = BLANKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC))
                .replaceAll(" ")
                .strip();
        if (plain.isEmpty() || !PLAIN.matcher(plain).matches()) {
            return null;
        }
        boolean shouted = plain.equals(plain.toUpperCase(Locale.ROOT));
        List<Word> words = new ArrayList<>();
        for (String raw : plain.split(" ")) {
            if (!isRead(raw, shouted, words)) {
                return null;
            }
        }
        withoutFillers(words, fillers);
        return words.isEmpty() ? null : words.stream().map(Word::text).collect(Collectors.joining(" "));
    }

    /**
     * Adds what stands between two blanks, unless its punctuation is more than that. A question mark is a word: with and
     * without it, a sentence may be another.
     */
    private static boolean isRead(String raw, boolean shouted, List<Word> words) {
        int from = 0;
        int to = raw.length();
        boolean asks = false;
        while (from < to && BEGINNINGS.indexOf(raw.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && (ENDS.indexOf(raw.charAt(to - 1)) >= 0 || QUESTIONS.indexOf(raw.charAt(to - 1)) >= 0)) {
            to--;
            asks |= QUESTIONS.indexOf(raw.charAt(to)) >= 0;
        }
        String word = raw.substring(from, to).replace('’', '\'');
        if (word.isEmpty() && !QUESTION_MARKS.matcher(raw).matches() || isFactorial(word, raw.substring(to))) {
            return false;
        }
        if (!word.isEmpty()) {
            words.add(new Word(
                    isAbbreviation(word) && !shouted ? word : word.toLowerCase(Locale.ROOT), to < raw.length()));
        }
        if (asks && (words.isEmpty() || !words.get(words.size() - 1).text().equals("?"))) {
            words.add(new Word("?", true));
        }
        return true;
    }

    /** 5! is 120, and n! is not n. */
    private static boolean isFactorial(String word, String end) {
        return end.indexOf('!') >= 0
                && (word.length() == 1 || !word.isEmpty() && Character.isDigit(word.charAt(word.length() - 1)));
    }

    /** US is not us, and WHO is not who. */
    private static boolean isAbbreviation(String word) {
        return word.length() > 1
                && word.equals(word.toUpperCase(Locale.ROOT))
                && !word.equals(word.toLowerCase(Locale.ROOT));
    }

    private static void withoutFillers(List<Word> words, List<String> fillers) {
        boolean found = true;
        while (found) {
            found = false;
            for (String filler : fillers) {
                boolean isApart = filler.endsWith(",");
                List<String> phrase =
                        Arrays.asList((isApart ? filler.substring(0, filler.length() - 1) : filler).split(" "));
                int end = words.size()
                        - (!words.isEmpty()
                                        && words.get(words.size() - 1).text().equals("?")
                                ? 1
                                : 0);
                int length = phrase.size();
                if (end <= length) {
                    continue; // nothing would be left
                }
                if (is(words.subList(0, length), phrase)
                        && (!isApart || words.get(length - 1).isLast())) {
                    words.subList(0, length).clear();
                    found = true;
                } else if (is(words.subList(end - length, end), phrase)
                        && words.get(end - length - 1).isLast()) {
                    words.subList(end - length, end).clear();
                    found = true;
                }
            }
        }
    }

    private static boolean is(List<Word> words, List<String> phrase) {
        for (int i = 0; i < words.size(); i++) {
            if (!words.get(i).text().equals(phrase.get(i))) {
                return false;
            }
        }
        return true;
    }
}
