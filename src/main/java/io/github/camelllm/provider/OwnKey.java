package io.github.camelllm.provider;

/**
 * The key that a model's route gives, or else the one that its dialect has for its own address: {@code llm.openai.key} is
 * for {@code llm.openai.base-url}, and a server elsewhere must not be sent it by mere omission.
 */
final class OwnKey {

    /** What the templates say for a key that a model's route does not give. */
    static final String NOT_GIVEN = "(of baseUrl)";

    private String given = "";
    private String baseUrl = "";
    private String own = "";
    private String ownBaseUrl = "";

    void given(String newGiven) {
        given = newGiven.strip();
    }

    void baseUrl(String newBaseUrl) {
        baseUrl = newBaseUrl;
    }

    void own(String newOwn) {
        own = newOwn.strip();
    }

    void ownBaseUrl(String newOwnBaseUrl) {
        ownBaseUrl = newOwnBaseUrl;
    }

    /** Whether the model is elsewhere and no key is given for it. */
    boolean isOpen() {
        return given.equals(NOT_GIVEN) && !plain(baseUrl).equals(plain(ownBaseUrl));
    }

    /** The key; empty where there is none. */
    String key() {
        return !given.equals(NOT_GIVEN) ? given : isOpen() ? "" : own;
    }

    private static String plain(String url) {
        return url.strip().replaceFirst("/+$", "");
    }
}
