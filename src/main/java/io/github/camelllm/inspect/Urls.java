package io.github.camelllm.inspect;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads addresses as browsers do, which is more than any standard allows: what matters is whom a browser would ask. */
final class Urls {

    /** The host of an address that leads somewhere, but nobody can tell where. */
    static final String NOWHERE = "";

    private static final Set<String> ASKING = Set.of("http", "https", "ftp", "ws", "wss");
    private static final Set<String> HARMLESS = Set.of("mailto", "tel", "sms", "cid", "about");
    private static final List<String> PICTURES =
            List.of("image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/avif", "image/bmp", ",");

    private Urls() {}

    /**
     * The host that an address leads to, in lower case and in its ASCII form.
     *
     * @return null when it leads to no other host than the page's own, or carries its data with it; {@link #NOWHERE} when it
     *     cannot be told, which is as good as unknown
     */
    static String host(String address) {
        String url = clean(address);
        int colon = scheme(url);
        if (colon > 0) {
            String scheme = url.substring(0, colon).toLowerCase(Locale.ROOT);
            if (ASKING.contains(scheme)) {
                return authority(url, colon + 1);
            }
            String rest = url.substring(colon + 1).toLowerCase(Locale.ROOT);
            boolean quiet = HARMLESS.contains(scheme)
                    || scheme.equals("data") && PICTURES.stream().anyMatch(rest::startsWith);
            return quiet ? null : NOWHERE;
        }
        return url.length() > 1 && isSlash(url.charAt(0)) && isSlash(url.charAt(1)) ? authority(url, 0) : null;
    }

    /** What browsers leave out: control characters and blanks around, tabs and line breaks anywhere. */
    private static String clean(String address) {
        int from = 0;
        int to = address.length();
        while (from < to && address.charAt(from) <= ' ') {
            from++;
        }
        while (to > from && address.charAt(to - 1) <= ' ') {
            to--;
        }
        StringBuilder url = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            char c = address.charAt(i);
            if (c != '\t' && c != '\n' && c != '\r') {
                url.append(c);
            }
        }
        return url.toString();
    }

    /** Where the colon behind the scheme is; -1 where there is none. */
    private static int scheme(String url) {
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c == ':') {
                return i == 0 ? -1 : i;
            }
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'))) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean isSlash(char c) {
        return c == '/' || c == '\\';
    }

    private static String authority(String url, int after) {
        int from = after;
        while (from < url.length() && isSlash(url.charAt(from))) {
            from++;
        }
        int to = from;
        while (to < url.length() && "/\\?#".indexOf(url.charAt(to)) < 0) {
            to++;
        }
        String authority = url.substring(from, to);
        String host = authority.substring(authority.lastIndexOf('@') + 1); // before it stands a name, and perhaps a lie
        int port = host.startsWith("[") ? host.indexOf(':', Math.max(0, host.indexOf(']'))) : host.lastIndexOf(':');
        return ascii(port < 0 ? host : host.substring(0, port));
    }

    private static String ascii(String host) {
        String name = percent(host);
        try {
            name = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return NOWHERE;
        }
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "-._:[]".indexOf(c) >= 0)) {
                return NOWHERE;
            }
        }
        return name;
    }

    private static String percent(String host) {
        if (host.indexOf('%') < 0) {
            return host;
        }
        byte[] bytes = host.getBytes(StandardCharsets.UTF_8);
        byte[] decoded = new byte[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int high = i + 2 < bytes.length && bytes[i] == '%' ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            decoded[length++] = low < 0 ? bytes[i] : (byte) (high << 4 | low);
            i += low < 0 ? 0 : 2;
        }
        return new String(decoded, 0, length, StandardCharsets.UTF_8);
    }

    /** The hosts of all addresses that begin somewhere in a text; unclear ones as {@link #NOWHERE}. */
    static List<String> hostsIn(String text) {
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean slashes = isSlash(c) && i + 1 < text.length() && isSlash(text.charAt(i + 1));
            int begin = c == ':' || slashes ? beginning(text, i) : -1;
            if (begin < 0) {
                continue;
            }
            int end = i + 1;
            while (end < text.length() && text.charAt(end) > ' ' && "\"'()<>`".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            String host = host(text.substring(begin, end));
            if (host != null) {
                hosts.add(host);
            }
            i = end - 1;
        }
        return hosts;
    }

    /** Where the address begins of which a colon or two slashes have been found; -1 for a colon behind no known scheme. */
    private static int beginning(String text, int at) {
        if (text.charAt(at) != ':') {
            return at;
        }
        int from = at;
        while (from > 0 && at - from < 6 && Character.isLetter(text.charAt(from - 1))) {
            from--;
        }
        for (; from < at; from++) {
            if (ASKING.contains(text.substring(from, at).toLowerCase(Locale.ROOT))) {
                return from;
            }
        }
        return -1;
    }
}
