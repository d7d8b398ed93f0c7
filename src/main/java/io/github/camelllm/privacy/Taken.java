package io.github.camelllm.privacy;

import java.util.Locale;
import java.util.Set;

/** Finds what looks like the name of a placeholder in a text that nobody has changed yet, so that no value gets that name. */
final class Taken {

    private Taken() {}

    /** Adds the words of a text that end with an underscore and a number, be it hexadecimal, in capitals. */
    static void add(String text, Set<String> taken) {
        if (text.indexOf('_') < 0) {
            return;
        }
        int at = 0;
        while (at < text.length()) {
            if (!Restorer.isWord(text.charAt(at))) {
                at++;
                continue;
            }
            int end = at;
            StringBuilder word = new StringBuilder();
            while (end < text.length()) {
                char c = text.charAt(end);
                if (Restorer.isWord(c)) {
                    word.append(c);
                    end++;
                } else if (c == '\\' && text.startsWith("\\_", end)) {
                    word.append('_');
                    end += 2;
                } else if (c == '\\' && text.startsWith("\\\\_", end)) {
                    word.append('_');
                    end += 3;
                } else {
                    break;
                }
            }
            note(word.toString(), at > 0 && text.charAt(at - 1) == '\\', taken);
            at = end;
        }
    }

    /** A word behind a backslash may be one behind an escape: {@code \nEMAIL_1}, {@code \u003cEMAIL_1}. */
    private static void note(String word, boolean escaped, Set<String> taken) {
        int last = word.lastIndexOf('_');
        if (last < 0 || !word.substring(last + 1).chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            return;
        }
        String capitals = word.toUpperCase(Locale.ROOT);
        taken.add(capitals);
        if (escaped) {
            taken.add(capitals.substring(1));
            if (capitals.startsWith("U") && capitals.length() > 5) {
                taken.add(capitals.substring(5));
            }
        }
    }
}
