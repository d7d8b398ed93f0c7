package io.github.camelllm.acceptance;

import java.util.ArrayList;
import java.util.List;

/**
 * A {@code curl} command as a README shows it, understood without a shell, for machines that have no curl.
 *
 * @param method POST where there is a body, unless {@code -X} says otherwise
 * @param url where to
 * @param headers header lines
 * @param body the body; null when there is none
 */
record CurlCommand(String method, String url, List<String> headers, String body) {

    /** The curl commands of a shell block, in order. */
    static List<CurlCommand> in(String shell) {
        return lines(shell).stream()
                .filter(words -> !words.isEmpty() && words.get(0).equals("curl"))
                .map(CurlCommand::parse)
                .toList();
    }

    private static CurlCommand parse(List<String> words) {
        String method = null;
        String url = null;
        String body = null;
        List<String> headers = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            switch (words.get(i)) {
                case "-s", "-i", "-N", "-sS", "-sN", "--silent", "--no-buffer", "--fail" -> {
                    // how curl prints, not what it sends
                }
                case "-X", "--request" -> method = words.get(++i);
                case "-H", "--header" -> headers.add(words.get(++i));
                case "-d", "--data", "--json" -> body = words.get(++i);
                default -> {
                    if (words.get(i).startsWith("-") || url != null) {
                        throw new AssertionError("what is " + words.get(i) + " in " + words);
                    }
                    url = words.get(i);
                }
            }
        }
        return new CurlCommand(method != null ? method : body == null ? "GET" : "POST", url, headers, body);
    }

    /** Lines of words as a shell splits them: blanks separate, quotes hold together, a backslash joins lines. */
    private static List<List<String>> lines(String shell) {
        List<List<String>> lines = new ArrayList<>();
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (char c : (shell.replace("\\\n", " ") + "\n").toCharArray()) {
            if (quote != 0 && c != quote) {
                word.append(c);
            } else if (quote != 0) {
                quote = 0;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (!Character.isWhitespace(c)) {
                word.append(c);
            } else {
                if (word.length() > 0) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                if (c == '\n') {
                    lines.add(words);
                    words = new ArrayList<>();
                }
            }
        }
        return lines;
    }
}
