package io.github.camelllm.guard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What speaks for an attack by its form and not its words. */
final class Signals {

    private static final double SPECIAL_TOKEN = 0.45;
    private static final double ROLE_MARKER = 0.3;
    private static final double INVISIBLE = 0.5;

    /** Fewer invisible letters may be an emoji's. */
    private static final int FEW = 8;

    /** Who a line may say that it is from. */
    private static final List<String> ROLES = List.of("system", "assistant", "developer");

    private Signals() {}

    /** The signals that a text has, each with its weight. */
    static Map<String, Double> of(String text, String folded, GuardRules rules) {
        Map<String, Double> found = new LinkedHashMap<>(2);
        if (rules.hasSpecialToken(folded)) {
            found.put("special-token", SPECIAL_TOKEN);
        }
        if (roleMarker(folded)) {
            found.put("role-marker", ROLE_MARKER);
        }
        if (isInvisible(text)) {
            found.put("invisible-text", INVISIBLE);
        }
        return found;
    }

    /** A line that begins as a turn of the conversation would: {@code system:}, {@code ### Assistant}, {@code [system]}. */
    private static boolean roleMarker(String folded) {
        for (int at = 0; at >= 0; at = next(folded, at)) {
            int i = at;
            while (i < folded.length() && "#*[<{(/ \t".indexOf(folded.charAt(i)) >= 0) {
                i++;
            }
            boolean marked =
                    i > at && folded.charAt(at) != ' ' && folded.charAt(at) != '\t' && folded.charAt(at) != '*';
            for (String role : ROLES) {
                int end = i + role.length();
                if (folded.startsWith(role, i) && end < folded.length()) {
                    char after = folded.charAt(end);
                    if (after == ':' || marked && (after == ']' || after == '>' || after == '}' || after == '\n')) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static int next(String text, int at) {
        int line = text.indexOf('\n', at);
        return line < 0 ? -1 : line + 1;
    }

    /** Letters of the tag block, but for those of a flag's emoji. */
    private static boolean isInvisible(String text) {
        int count = 0;
        boolean flag = false;
        for (int i = 0; i + 1 < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0xDB40 && text.charAt(i + 1) >= 0xDC20 && text.charAt(i + 1) <= 0xDC7F) {
                count += flag ? 0 : 1;
                i++;
            } else {
                flag = c == 0xD83C && text.charAt(i + 1) == 0xDFF4 || flag && c == 0xDFF4;
            }
        }
        return count >= FEW;
    }
}
