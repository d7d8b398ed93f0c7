package io.github.camelllm.inspect;

import java.util.Map;

/** Character references of HTML, as far as they can hide an address. */
final class Entities {

    private static final int LONGEST = 12;

    /** Those that stand for what an address is built of; letters and digits have none. */
    private static final Map<String, String> NAMED = Map.ofEntries(
            Map.entry("colon", ":"),
            Map.entry("sol", "/"),
            Map.entry("bsol", "\\"),
            Map.entry("period", "."),
            Map.entry("commat", "@"),
            Map.entry("quest", "?"),
            Map.entry("num", "#"),
            Map.entry("percnt", "%"),
            Map.entry("lpar", "("),
            Map.entry("rpar", ")"),
            Map.entry("lowbar", "_"),
            Map.entry("dash", "-"),
            Map.entry("hyphen", "-"),
            Map.entry("semi", ";"),
            Map.entry("equals", "="),
            Map.entry("amp", "&"),
            Map.entry("AMP", "&"),
            Map.entry("lt", "<"),
            Map.entry("LT", "<"),
            Map.entry("gt", ">"),
            Map.entry("GT", ">"),
            Map.entry("quot", "\""),
            Map.entry("QUOT", "\""),
            Map.entry("apos", "'"),
            Map.entry("Tab", "\t"),
            Map.entry("NewLine", "\n"),
            Map.entry("nbsp", " "));

    private Entities() {}

    /** The text with its references resolved; an unknown one stays. */
    static String decode(String text) {
        int at = text.indexOf('&');
        if (at < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        int copied = 0;
        for (; at >= 0; at = text.indexOf('&', Math.max(at + 1, copied))) {
            int end = at + 1;
            while (end < text.length() && end - at <= LONGEST && isPart(text.charAt(end))) {
                end++;
            }
            String character = character(text.substring(at + 1, end));
            if (character != null) {
                decoded.append(text, copied, at).append(character);
                copied = end < text.length() && text.charAt(end) == ';' ? end + 1 : end;
            }
        }
        return decoded.append(text, copied, text.length()).toString();
    }

    private static boolean isPart(char c) {
        return c == '#' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    private static String character(String name) {
        if (!name.startsWith("#")) {
            return NAMED.get(name);
        }
        boolean hex = name.startsWith("#x") || name.startsWith("#X");
        try {
            int code = Integer.parseInt(name, hex ? 2 : 1, name.length(), hex ? 16 : 10);
            return Character.isValidCodePoint(code) && code != 0 ? Character.toString(code) : "\ufffd";
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
