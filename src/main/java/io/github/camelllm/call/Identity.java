package io.github.camelllm.call;

import java.util.Set;

/**
 * Who makes a call: what {@code authenticate} found out.
 *
 * @param keyId the virtual key's id, never the key itself; {@code anonymous} where the gateway is open
 * @param tenant the organisation that the key belongs to
 * @param user who is accountable; the key's own user, or the one it is allowed to speak for
 * @param team likewise
 * @param tier the bundle of limits (free, pro, enterprise)
 * @param models the models and aliases the key may ask for; empty means all of them
 * @param admin whether it may do what concerns all callers, such as clearing the cache
 */
public record Identity(
        String keyId, String tenant, String user, String team, String tier, Set<String> models, boolean admin) {

    /** The caller of an open gateway, and of a call that has not been authenticated. */
    public static final Identity ANONYMOUS =
            new Identity("anonymous", "default", "anonymous", "default", "free", Set.of());

    public Identity {
        models = Set.copyOf(models);
    }

    /** The caller by a key that is no admin's. */
    public Identity(String keyId, String tenant, String user, String team, String tier, Set<String> models) {
        this(keyId, tenant, user, team, tier, models, false);
    }

    /** Whether nobody knows who calls: the gateway asks for no keys, and the call names no user. */
    public boolean isAnonymous() {
        return user.equals(ANONYMOUS.user());
    }

    /** Whether this caller may ask for a model or alias by that name. */
    public boolean mayUse(String model) {
        return models.isEmpty() || models.contains(model);
    }

    /** The same key, speaking for another user or team; null keeps the key's own. */
    public Identity speakingFor(String otherUser, String otherTeam) {
        return new Identity(
                keyId,
                tenant,
                otherUser == null ? user : otherUser,
                otherTeam == null ? team : otherTeam,
                tier,
                models,
                admin);
    }
}
