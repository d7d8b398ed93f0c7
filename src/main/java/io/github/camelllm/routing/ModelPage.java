package io.github.camelllm.routing;

import io.github.camelllm.problem.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A page of a list, as Anthropic's clients ask for it.
 *
 * @param names what stands on it
 * @param more whether the list goes on, in the direction that was asked for
 */
record ModelPage(List<String> names, boolean more) {

    private static final int MOST = 1000;

    /**
     * @param query {@code limit}, {@code after_id} and {@code before_id}, encoded; what else it says is ignored
     * @throws Problem {@code invalid_request} when {@code limit} is no number from 1 to 1000
     */
    static ModelPage of(String query, List<String> all) {
        int from = 0;
        int to = all.size();
        int limit = to;
        boolean back = false;
        for (String pair : query.split("&")) {
            String value = decoded(pair.substring(pair.indexOf('=') + 1));
            if (pair.startsWith("limit=")) {
                limit = limit(value);
            } else if (pair.startsWith("after_id=")) {
                from = all.indexOf(value) + 1;
            } else if (pair.startsWith("before_id=") && all.contains(value)) {
                to = all.indexOf(value);
                back = true;
            }
        }
        from = Math.min(from, to);
        boolean more = to - from > limit;
        if (more && back) {
            from = to - limit;
        } else if (more) {
            to = from + limit;
        }
        return new ModelPage(all.subList(from, to), more);
    }

    private static int limit(String value) {
        if (!value.matches("\\d{1,4}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > MOST) {
            throw Problem.invalid("limit", "limit is not a whole number from 1 to " + MOST + ".");
        }
        return Integer.parseInt(value);
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }
}
