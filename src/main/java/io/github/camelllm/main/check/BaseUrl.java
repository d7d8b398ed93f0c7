package io.github.camelllm.main.check;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The address of a provider's API, to which a path is added: what it must not be. */
public final class BaseUrl {

    private static final Pattern VERSION = Pattern.compile("v\\d+\\w*");

    /** Names as they are in clusters too, which have underscores. */
    private static final Pattern HOST = Pattern.compile("(?:\\[[^]]+]|[^:@\\[\\]]+)(?::\\d{1,5})?");

    /** Paths of calls: an address that ends in one is that of a call, not of an API. */
    private static final List<String> CALLS =
            List.of("/chat/completions", "/completions", "/embeddings", "/messages", "/responses");

    private BaseUrl() {}

    /**
     * What is wrong with an address; empty when nothing is.
     *
     * @param value the address; it may have a slash at its end
     * @param path what is added to it, such as {@code /chat/completions}
     */
    public static Optional<String> wrong(String value, String path) {
        if (value.isBlank()) {
            return Optional.of("is blank");
        }
        if (value.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            return Optional.of("has a blank in it");
        }
        if (!value.matches("https?://.*")) {
            return Optional.of("does not begin with http:// or https://");
        }
        URI uri;
        try {
            uri = new URI(value);
        } catch (URISyntaxException e) {
            return Optional.of("is no URL");
        }
        String authority = uri.getRawAuthority();
        if (authority != null && authority.contains("@")) {
            return Optional.of("has a user in it; keys have a setting of their own");
        }
        if (authority == null || !HOST.matcher(authority).matches()) {
            return Optional.of("names no host");
        }
        if (uri.getRawQuery() != null) {
            return Optional.of("has a query; it belongs to the path");
        }
        if (uri.getRawFragment() != null) {
            return Optional.of("has a fragment");
        }
        return path(uri.getRawPath().replaceFirst("/+$", ""), path);
    }

    private static Optional<String> path(String base, String path) {
        String added = path.replaceFirst("\\?.*", "");
        if (base.contains("//")) {
            return Optional.of("has an empty part in its path");
        }
        for (String call : CALLS) {
            if (base.endsWith(call)) {
                return Optional.of("ends in " + call + ", which is the path of a call");
            }
        }
        List<String> given =
                Arrays.stream(base.split("/")).filter(s -> !s.isEmpty()).toList();
        List<String> more =
                Arrays.stream(added.split("/")).filter(s -> !s.isEmpty()).toList();
        boolean doubled = !more.isEmpty() && VERSION.matcher(more.get(0)).matches() && given.contains(more.get(0));
        for (int n = 1; n <= Math.min(given.size(), more.size()); n++) {
            doubled |= given.subList(given.size() - n, given.size()).equals(more.subList(0, n));
        }
        return doubled ? Optional.of("has a part already that is added to it") : Optional.empty();
    }
}
