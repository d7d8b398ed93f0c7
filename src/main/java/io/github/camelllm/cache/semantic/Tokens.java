package io.github.camelllm.cache.semantic;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a question into pieces. */
final class Tokens {

    private static final Pattern PIECE = Pattern.compile(
            String.join(
                    "|",
                    "(?<url>(?:https?|ftp|file|jdbc|redis)[:]\\S+|www\\.\\S+)",
                    "(?<mail>[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)",
                    "(?<quote>\"[^\"]{1,400}\"|`+[^`]{1,400}`+|(?<![\\p{L}\\p{N}])'[^'\\n]{1,200}'(?![\\p{L}\\p{N}]))",
                    "(?<path>(?<![\\w/])(?:[~.]{0,2}/)[\\w.~-]+(?:/[\\w.~-]*)*|[A-Za-z]:\\\\\\S+)",
                    "(?<date>\\d{4}-\\d{2}-\\d{2}(?![\\w])|\\d{1,4}[./]\\d{1,2}[./]\\d{2,4}(?![\\w.]))",
                    "(?<time>\\d{1,2}[:]\\d{2}(?::\\d{2})?(?:\\s?[ap]\\.?m\\b\\.?| Uhr)?|\\d{1,2}\\s?[ap]\\.?m\\b\\.?"
                            + "|\\d{1,2}h\\d{2}|\\d{1,2}(?:[.]\\d{2})? Uhr)",
                    "(?<version>v?\\d+(?:\\.\\d+){2,}[\\w.+-]*|v\\d+(?:\\.\\d+)*)",
                    "(?<number>(?<![\\p{L}\\p{N}_.-])-?(?:\\d{1,3}(?:[ \u00a0\u202f']\\d{3})+(?:[.,]\\d+)?|\\d+(?:[.,]\\d+)*)"
                            + "(?<glued>%|(?:°|\\p{L})\\p{L}{0,2}(?![\\p{L}\\p{N}_]))?(?![\\p{L}\\p{N}_]))",
                    "(?<word>[\\p{L}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_'#+]|[.@:-](?=[\\p{L}\\p{N}_]))*(?:\\(\\))?)",
                    "(?<break>[,;:.!?()\\[\\]{}\\n¿¡…]+|\\s[-–—]+\\s)",
                    "(?<sign>[^\\s\\p{L}\\p{N}])"),
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    private static final Pattern CODE =
            Pattern.compile(".*[\\p{N}_#+.@:].*|.*\\p{Ll}\\p{Lu}.*|.*\\(\\)|\\p{Lu}{2,}(?:-\\p{Lu}+)+", Pattern.DOTALL);
    private static final Pattern DOTTED = Pattern.compile("(?:\\p{L}\\.)+\\p{L}?");
    private static final Set<String> ELIDED =
            Set.of("l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quelqu");
    private static final String[] SUFFIXES = {"'s", "'re", "'ll", "'ve", "'m", "'d"};

    private Tokens() {}

    /** The pieces of a text. */
    static List<Token> of(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher piece = PIECE.matcher(normal(text));
        boolean first = true;
        while (piece.find()) {
            String found = piece.group();
            if (piece.group("break") != null) {
                tokens.add(new Token(Token.Kind.BREAK, found, found, first));
                first = first || found.chars().anyMatch(c -> ".!?\n:".indexOf(c) >= 0);
                continue;
            }
            if (piece.group("quote") != null) {
                exact(tokens, found.replaceAll("^[\"'`]+|[\"'`]+$", "").strip(), first);
            } else if (piece.group("url") != null || piece.group("path") != null) {
                exact(tokens, found.replaceAll("[.,;:!?)\\]}]+$", ""), first);
            } else if (piece.group("mail") != null || piece.group("version") != null) {
                exact(tokens, found, first);
            } else if (piece.group("date") != null) {
                tokens.add(new Token(Token.Kind.DATE, found, found, first));
            } else if (piece.group("time") != null) {
                tokens.add(new Token(Token.Kind.TIME, found, found, first));
            } else if (piece.group("number") != null) {
                number(tokens, found, piece.group("glued"), first);
            } else if (piece.group("word") != null) {
                word(tokens, found, first);
            } else {
                tokens.add(new Token(Token.Kind.SIGN, found, found, first));
            }
            first = false;
        }
        return tokens;
    }

    private static String normal(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .replace('\u2019', '\'')
                .replace('\u2018', '\'')
                .replace('\u2032', '\'')
                .replaceAll("[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]", "\"")
                .replaceAll("(?iu)\\bper cent\\b|\\bpercent\\b|\\bpour cent\\b|\\bpor ciento\\b|\\bprozent\\b", "%");
    }

    private static void exact(List<Token> tokens, String text, boolean first) {
        tokens.add(new Token(Token.Kind.EXACT, text, text.toLowerCase(Locale.ROOT), first));
    }

    private static void number(List<Token> tokens, String found, String glued, boolean first) {
        String unit = glued == null ? "" : glued.toLowerCase(Locale.ROOT);
        boolean known = unit.isEmpty() || Amounts.unit(unit) != null || isOrdinal(unit);
        if (known) {
            String digits = found.substring(0, found.length() - unit.length());
            tokens.add(new Token(Token.Kind.NUMBER, digits, unit, first));
        } else {
            exact(tokens, found, first);
        }
    }

    /** Whether letters behind a number make it a place in a row: 3rd, 3e, 3a. */
    static boolean isOrdinal(String glued) {
        return Set.of("st", "nd", "rd", "th", "er", "ère", "e", "ème", "º", "ª").contains(glued);
    }

    private static void word(List<Token> tokens, String found, boolean first) {
        String bare = found.replaceAll("['+#-]+$", "");
        if (bare.isEmpty() || DOTTED.matcher(found).matches() || found.matches("\\p{L}(?:\\+\\+|#)")) {
            exact(tokens, found, first);
            return;
        }
        int hyphen = bare.indexOf('-');
        if (hyphen > 0
                && bare.substring(0, hyphen).matches("\\d+")
                && bare.substring(hyphen + 1).matches("\\p{Ll}+")) {
            tokens.add(new Token(Token.Kind.NUMBER, bare.substring(0, hyphen), "", first));
            words(tokens, bare.substring(hyphen + 1), false);
        } else if (CODE.matcher(bare).matches()) {
            exact(tokens, bare, first);
        } else {
            words(tokens, bare, first);
        }
    }

    private static void words(List<Token> tokens, String text, boolean first) {
        boolean begins = first;
        for (String part : text.split("-")) {
            for (String word : apart(part)) {
                tokens.add(new Token(Token.Kind.WORD, word, word.toLowerCase(Locale.ROOT), begins));
                begins = false;
            }
        }
    }

    /** Takes apart what an apostrophe has joined: don't, l'eau. */
    private static List<String> apart(String word) {
        String low = word.toLowerCase(Locale.ROOT);
        if (low.equals("cannot") || low.equals("can't")) {
            return List.of("can", "n't");
        }
        if (low.equals("won't")) {
            return List.of("will", "n't");
        }
        if (low.length() > 3 && low.endsWith("n't")) {
            return List.of(word.substring(0, word.length() - 3), "n't");
        }
        for (String suffix : SUFFIXES) {
            if (low.length() > suffix.length() && low.endsWith(suffix)) {
                return List.of(word.substring(0, word.length() - suffix.length()), suffix);
            }
        }
        int apostrophe = word.indexOf('\'');
        if (apostrophe > 0 && apostrophe < word.length() - 1 && ELIDED.contains(low.substring(0, apostrophe))) {
            return List.of(word.substring(0, apostrophe), word.substring(apostrophe + 1));
        }
        return word.isEmpty() ? List.of() : List.of(word);
    }

    /** The words of a phrase of a word list, in lower case, cut as those of a question are. */
    static List<String> plain(String phrase) {
        List<String> words = new ArrayList<>();
        for (String part : phrase.toLowerCase(Locale.ROOT).split("[\\s-]+")) {
            if (part.startsWith("'") || part.equals("n't") || part.contains("/")) {
                words.add(part);
            } else {
                words.addAll(apart(part));
            }
        }
        return words;
    }
}
