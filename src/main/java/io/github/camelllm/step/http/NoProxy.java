package io.github.camelllm.step.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The hosts that are asked without a proxy, as {@code NO_PROXY} lists them, separated by commas or blanks: {@code *} for
 * all; a host, with or without a dot before it, for itself and all below it; an address or a block of addresses ({@code
 * 10.0.0.0/8}); each with a port or without.
 */
final class NoProxy {

    private interface Rule {
        boolean covers(String host, int port);
    }

    private final List<Rule> rules = new ArrayList<>();

    /** @throws IllegalArgumentException when an entry is none */
    NoProxy(String list) {
        for (String entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            if (!entry.isEmpty()) {
                rules.add(rule(entry));
            }
        }
    }

    boolean covers(String host, int port) {
        String name = bare(host.toLowerCase(Locale.ROOT));
        return rules.stream().anyMatch(rule -> rule.covers(name, port));
    }

    private static Rule rule(String entry) {
        if (entry.equals("*")) {
            return (host, port) -> true;
        }
        int slash = entry.indexOf('/');
        if (slash > 0) {
            return block(entry, bare(entry.substring(0, slash)), entry.substring(slash + 1));
        }
        String host = entry;
        int wanted = -1;
        int colon = entry.lastIndexOf(':');
        boolean bracketed = entry.startsWith("[");
        if (colon > 0 && (bracketed ? entry.charAt(colon - 1) == ']' : entry.indexOf(':') == colon)) {
            host = entry.substring(0, colon);
            wanted = number(entry, entry.substring(colon + 1), 65535);
        }
        String name = bare(host.startsWith("*.") ? host.substring(2) : host.startsWith(".") ? host.substring(1) : host);
        int onPort = wanted;
        byte[] address = address(name);
        return (asked, port) -> (onPort < 0 || onPort == port)
                && (asked.equals(name)
                        || address == null && asked.endsWith("." + name)
                        || address != null && Arrays.equals(address, address(asked)));
    }

    private static Rule block(String entry, String host, String length) {
        byte[] network = address(host);
        if (network == null) {
            throw new IllegalArgumentException("no-proxy has '" + entry + "', which is no block of addresses");
        }
        int bits = number(entry, length, network.length * 8);
        return (asked, port) -> {
            byte[] address = address(asked);
            if (address == null || address.length != network.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                if (((address[bit / 8] ^ network[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
                    return false;
                }
            }
            return true;
        };
    }

    private static int number(String entry, String digits, int most) {
        if (digits.matches("[0-9]{1,5}") && Integer.parseInt(digits) <= most) {
            return Integer.parseInt(digits);
        }
        throw new IllegalArgumentException(
                "no-proxy has '" + entry + "'; after the last sign a number up to " + most + " is expected");
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** The address that the text is; null for a name, which is not looked up. */
    private static byte[] address(String text) {
        if (!text.contains(":") && !text.matches("[0-9]+(\\.[0-9]+){3}")) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
