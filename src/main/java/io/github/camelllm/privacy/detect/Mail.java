package io.github.camelllm.privacy.detect;

/** E-mail addresses, and the user and password of URLs. */
final class Mail {

    private static final int LOCAL = 64;
    private static final int LABEL = 63;
    private static final int DOMAIN = 253;
    private static final int AUTHORITY = 512;

    private Mail() {}

    /** Notes an address around an at sign. */
    static void address(String text, int at, Candidates found) {
        int start = at;
        while (start > 0 && at - start <= LOCAL && isLocal(text.charAt(start - 1))) {
            start--;
        }
        while (start < at && !Letters.isWord(text.charAt(start)) && text.charAt(start) != '_') {
            start++;
        }
        int end = domain(text, at + 1);
        if (at - start >= 1
                && at - start <= LOCAL
                && text.charAt(at - 1) != '.'
                && end > 0
                && !isRepository(text, start, at, end)) {
            found.add(start, end, PiiType.EMAIL_ADDRESS, 0.9);
        }
    }

    /** Such as {@code git@example.org:acme/shop.git}: how to reach a server, whoever asks. */
    private static boolean isRepository(String text, int start, int at, int end) {
        return at - start == 3
                && text.startsWith("git", start)
                && end + 1 < text.length()
                && (text.charAt(end) == ':' || text.charAt(end) == '/')
                && Letters.isWord(text.charAt(end + 1));
    }

    private static boolean isLocal(char c) {
        return Letters.isWord(c) || ".!#$%&'*+/=?^_`{|}~-".indexOf(c) >= 0;
    }

    /** Where a domain of two labels or more ends whose last one has letters only; -1 where there is none. */
    private static int domain(String text, int start) {
        int end = -1;
        int at = start;
        for (int labels = 0; at - start < DOMAIN; labels++) {
            int label = at;
            boolean letters = true;
            while (at < text.length()
                    && at - label <= LABEL
                    && (Letters.isWord(text.charAt(at)) || text.charAt(at) == '-')) {
                letters &= !Letters.isDigit(text.charAt(at)) && text.charAt(at) != '-';
                at++;
            }
            int length = at - label;
            while (at > label && text.charAt(at - 1) == '-') {
                at--;
            }
            if (at == label || text.charAt(label) == '-' || length > LABEL) {
                break;
            }
            if (labels > 0 && at - label >= 2 && (letters || text.regionMatches(true, label, "xn--", 0, 4))) {
                end = at;
            }
            if (at + 1 >= text.length() || text.charAt(at) != '.') {
                break;
            }
            at++;
        }
        return end;
    }

    /** Notes the user and password of a URL, at the place behind its two slashes. */
    static void credentials(String text, int start, Candidates found) {
        int sign = -1;
        int colon = -1;
        for (int i = start; i < text.length() && i - start < AUTHORITY; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>') {
                break;
            }
            if (c == '@') {
                sign = i;
            } else if (c == ':' && colon < 0) {
                colon = i;
            }
        }
        if (sign > start && colon >= start && colon < sign - 1) {
            found.add(start, sign, PiiType.URL_CREDENTIALS, 0.95);
        }
    }
}
