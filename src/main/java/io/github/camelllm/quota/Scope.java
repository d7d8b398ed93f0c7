package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import java.util.Locale;

/** Whose limit it is. */
enum Scope {
    /** Of all calls together. */
    GLOBAL,
    /** Of all calls to one provider. */
    PROVIDER,
    /** Of all calls to one model. */
    MODEL,
    TENANT,
    TEAM,
    USER,
    /** Of one virtual key. */
    KEY;

    /** Whether the limit is of what is called, and not of who calls: another model may have some left. */
    boolean isOfModel() {
        return this == PROVIDER || this == MODEL;
    }

    /** Whether a caller may see how such a limit stands: it is the caller's own. */
    boolean isOfCaller() {
        return ordinal() >= TENANT.ordinal();
    }

    /** The name of the one whose limit it is; null when the call has none yet. */
    String nameIn(Call call) {
        return switch (this) {
            case PROVIDER -> call.getProvider();
            case MODEL -> call.getModel();
            default -> nameIn(call.getIdentity());
        };
    }

    /** The name of the one whose limit it is; null where no identity tells. */
    String nameIn(Identity who) {
        return switch (this) {
            case GLOBAL -> "";
            case PROVIDER, MODEL -> null;
            case TENANT -> who.tenant();
            case TEAM -> who.team();
            case USER -> who.user();
            case KEY -> who.keyId();
        };
    }

    /** The name with the tenant's before it, where two tenants may have one of the same name. */
    String fullName(String name, Identity who) {
        return isWithinTenant() ? who.tenant() + "/" + name : name;
    }

    /** What tells two of them apart for certain, whatever their names are. */
    String id(String name, Identity who) {
        return isWithinTenant() ? who.tenant().replace("%", "%25").replace("/", "%2F") + "/" + name : name;
    }

    private boolean isWithinTenant() {
        return this == TEAM || this == USER;
    }

    /** As the file and messages say it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
