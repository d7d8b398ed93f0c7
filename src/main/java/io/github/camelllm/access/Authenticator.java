package io.github.camelllm.access;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import io.github.camelllm.config.Shown;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.time.Instant;
import java.util.Locale;

/** Finds out who makes a call. Immutable, thread-safe. */
final class Authenticator {

    private static final String HOW = "Send one in the header 'Authorization: Bearer <key>', or in 'x-api-key'.";

    private final Keys keys;

    Authenticator(Keys keys) {
        this.keys = keys;
    }

    /**
     * The caller.
     *
     * @param keyId the id of the key that a trusted trigger acts for; null or blank where the call's credential counts
     * @throws Problem {@code invalid_api_key}, in the same words whether the key is unknown, disabled or expired;
     *     {@code invalid_request} when {@code X-LLM-User} or {@code X-LLM-Team} cannot be a name
     */
    Identity identify(Call call, String keyId) {
        Key key = keyId != null && !keyId.isBlank() ? byId(keyId.strip(), call) : byCredential(call);
        String user = name(call, "X-LLM-User");
        String team = name(call, "X-LLM-Team");
        if (key == null) {
            return known(call) ? call.getIdentity() : Identity.ANONYMOUS;
        }
        return key.speaksForOthers() ? key.identity().speakingFor(user, team) : key.identity();
    }

    /** How many keys there are. */
    int size() {
        return keys.all().size();
    }

    boolean hasKeys() {
        return !keys.isEmpty();
    }

    /** Whether a call with this credential, and no trigger that vouches for it, has a valid key or needs none. */
    boolean accepts(String credential, Instant now) {
        if (keys.isEmpty()) {
            return true;
        }
        Key key = credential == null || credential.isEmpty()
                ? null
                : keys.find(credential).orElse(null);
        return key != null && key.refusedAt(now) == null;
    }

    /** A call that has come through here before, in a chain that runs its steps again, keeps what was found out. */
    private static boolean known(Call call) {
        return call.credential() == null && !call.getIdentity().equals(Identity.ANONYMOUS);
    }

    private Key byId(String keyId, Call call) {
        Key key = keys.byId(keyId).orElse(null);
        String refused = key == null
                ? "llm.keyId is " + Shown.text(keyId) + ", and no key has that id"
                : key.refusedAt(call.ticker().now());
        if (refused != null) {
            throw Problem.of(ErrorCode.INVALID_API_KEY, "The key that this trigger acts for is not valid.")
                    .withDetail(refused);
        }
        return key;
    }

    private Key byCredential(Call call) {
        if (keys.isEmpty() || known(call)) {
            return null;
        }
        String credential = call.credential();
        if (credential == null || credential.isEmpty()) {
            throw Problem.of(ErrorCode.INVALID_API_KEY, "No API key was sent. " + HOW);
        }
        Instant now = call.ticker().now();
        Key key = keys.find(credential).orElse(null);
        String refused = key == null ? "no such key" : key.refusedAt(now);
        if (refused != null) {
            throw Problem.of(
                            ErrorCode.INVALID_API_KEY,
                            "The API key is not valid: it is unknown, disabled or expired. " + HOW)
                    .withDetail(refused);
        }
        return key;
    }

    /** A name sent along; null when there is none. Checked even where it is not believed: it is nobody's name. */
    private static String name(Call call, String header) {
        String value = call.headers().get(header.toLowerCase(Locale.ROOT));
        if (value == null) {
            return null;
        }
        String name = Names.fromHeader(value);
        String problem = Names.problemOfName(name);
        if (problem != null) {
            throw Problem.invalid(header, header + " " + problem + ".");
        }
        return name;
    }
}
