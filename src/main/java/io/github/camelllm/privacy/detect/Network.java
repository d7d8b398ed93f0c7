package io.github.camelllm.privacy.detect;

/** Addresses of machines: IP version 4 and 6, with prefix length and zone, and MAC. */
final class Network {

    private static final int LONGEST = 48;
    private static final double SURE = 0.65;

    private Network() {}

    /** Notes an address of version 4 that begins at a place: four numbers up to 255 with dots between. */
    static void v4(String text, int start, Candidates found) {
        int end = quad(text, start);
        if (end > 0) {
            found.add(start, prefix(text, end, 32), PiiType.IP_ADDRESS, SURE);
        }
    }

    /** Where four numbers with dots between end; -1 where there are none. */
    private static int quad(String text, int start) {
        int at = start;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at >= text.length() || text.charAt(at++) != '.')) {
                return -1;
            }
            int first = at;
            int value = 0;
            while (at < text.length() && at - first < 4 && Letters.isDigit(text.charAt(at))) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == first || value > 255 || at - first > 1 && text.charAt(first) == '0') {
                return -1;
            }
        }
        return at < text.length() && Letters.isWord(text.charAt(at)) ? -1 : at;
    }

    /** Where a prefix length behind an address ends; the address's own end where there is none. */
    private static int prefix(String text, int end, int most) {
        if (end >= text.length() || text.charAt(end) != '/') {
            return end;
        }
        int at = end + 1;
        int value = 0;
        while (at < text.length() && at - end < 5 && Letters.isDigit(text.charAt(at))) {
            value = value * 10 + text.charAt(at++) - '0';
        }
        boolean whole = at >= text.length() || !Letters.isWord(text.charAt(at));
        return at > end + 1 && value <= most && whole ? at : end;
    }

    /** Notes an address of version 6 that begins at a place, which may end as one of version 4. */
    static void v6(String text, int start, Candidates found) {
        int at = start;
        int groups = 0;
        int gap = -1;
        boolean digit = false;
        while (at < text.length() && at - start < LONGEST) {
            if (text.startsWith("::", at)) {
                if (gap >= 0) {
                    return;
                }
                gap = groups;
                at += 2;
            } else if (groups > 0 && gap != groups) {
                if (text.charAt(at) != ':' || at + 1 >= text.length() || !Letters.isHex(text.charAt(at + 1))) {
                    break;
                }
                at++;
            }
            int group = at;
            while (at < text.length() && at - group < 5 && Letters.isHex(text.charAt(at))) {
                digit |= Letters.isDigit(text.charAt(at++));
            }
            if (at == group) {
                break;
            }
            if (at < text.length()
                    && text.charAt(at) == '.'
                    && at + 1 < text.length()
                    && Letters.isDigit(text.charAt(at + 1))) {
                at = quad(text, group);
                groups += 2;
                if (at < 0) {
                    return;
                }
                break;
            }
            if (at - group > 4 || ++groups > 8) {
                return;
            }
        }
        boolean whole = gap < 0 ? groups == 8 : groups < 8;
        if (!whole || at < text.length() && (Letters.isWord(text.charAt(at)) || text.charAt(at) == ':')) {
            return;
        }
        int end = prefix(text, zone(text, at), 128);
        found.add(
                start,
                end,
                PiiType.IP_ADDRESS,
                end > at && text.charAt(at) == '/' ? SURE : v6Score(text, start, end, groups, digit));
    }

    /** A pair of colons is much else: it takes digits around, a prefix length, or a word that says what it is. */
    private static double v6Score(String text, int start, int end, int groups, boolean digit) {
        boolean index = start > 1
                && text.charAt(start - 1) == '['
                && text.charAt(start - 2) != '/'
                && text.charAt(start - 2) != ' ';
        if (index
                || groups == 1
                        && text.charAt(start) == ':'
                        && end - start < 4
                        && start > 0
                        && text.charAt(start - 1) != ' ') {
            return 0.3;
        }
        return digit ? SURE : groups == 0 ? 0.2 : 0.3;
    }

    private static int zone(String text, int at) {
        int end = at;
        if (end < text.length() && text.charAt(end) == '%') {
            end++;
            while (end < text.length() && end - at < 17 && Letters.isWord(text.charAt(end))) {
                end++;
            }
        }
        return end - at > 1 ? end : at;
    }

    /** Notes a MAC address that begins at a place: six pairs, or three groups of four with dots, of hexadecimal digits. */
    static void mac(String text, int start, Candidates found) {
        char separator = text.charAt(start + 2) == ':' || text.charAt(start + 2) == '-' ? text.charAt(start + 2) : '.';
        int group = separator == '.' ? 4 : 2;
        int end = start + (separator == '.' ? 14 : 17);
        if (end > text.length()
                || end < text.length() && (Letters.isWord(text.charAt(end)) || goesOn(text, end, separator))) {
            return;
        }
        boolean broadcast = true;
        boolean empty = true;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if ((i - start) % (group + 1) == group) {
                if (c != separator) {
                    return;
                }
            } else if (Letters.isHex(c)) {
                broadcast &= Letters.plain(c) == 'f';
                empty &= c == '0';
            } else {
                return;
            }
        }
        if (!broadcast && !empty) {
            found.add(start, end, PiiType.MAC_ADDRESS, separator == '.' ? 0.7 : 0.85);
        }
    }

    private static boolean goesOn(String text, int end, char separator) {
        return text.charAt(end) == separator && end + 1 < text.length() && Letters.isHex(text.charAt(end + 1));
    }
}
