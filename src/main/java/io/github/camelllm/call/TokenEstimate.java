package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A cheap guess at the number of tokens, for routing and for streams whose provider reports none.
 *
 * <p>English text has about four characters to a token in the tokenizers of current models; scripts outside ASCII have
 * about one and a half. The guess reads each character once and builds nothing.
 */
public final class TokenEstimate {

    private static final int SIXTEENTHS_ASCII = 4; // a quarter of a token a character
    private static final int SIXTEENTHS_OTHER = 11; // one and a half characters a token
    private static final int TOKENS_PER_MESSAGE = 4;

    private TokenEstimate() {}

    /** Tokens of one text. */
    public static long ofText(CharSequence text) {
        return (sixteenths(text) + 15) / 16;
    }

    /**
     * Tokens of a request's prompt: every text of its messages, tools and input. Images and audio count for nothing
     * here: their size in characters says nothing of their tokens.
     */
    public static long ofRequest(JsonNode request) {
        JsonNode messages = request.path("messages");
        long sum = texts(messages) + texts(request.path("tools")) + texts(request.path("input"));
        return (sum + 15) / 16 + (long) TOKENS_PER_MESSAGE * messages.size();
    }

    private static long texts(JsonNode node) {
        if (node.isTextual()) {
            return sixteenths(node.textValue());
        }
        if (node.isNumber()) {
            return 16;
        }
        long sum = 0;
        if (node.isObject()) {
            for (var field : node.properties()) {
                if (!isBinary(field.getKey())) {
                    sum += texts(field.getValue());
                }
            }
        } else {
            for (JsonNode child : node) {
                sum += texts(child);
            }
        }
        return sum;
    }

    private static boolean isBinary(String field) {
        return field.equals("image_url") || field.equals("input_audio") || field.equals("file");
    }

    private static long sixteenths(CharSequence text) {
        long sum = 0;
        for (int i = 0; i < text.length(); i++) {
            sum += text.charAt(i) < 0x80 ? SIXTEENTHS_ASCII : SIXTEENTHS_OTHER;
        }
        return sum;
    }
}
