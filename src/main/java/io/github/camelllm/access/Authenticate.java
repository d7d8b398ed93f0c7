package io.github.camelllm.access;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CredentialCheck;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code authenticate}: finds out who calls, by virtual key, and refuses those it does not know.
 *
 * <p>Where there is no keys file every caller is {@link Identity#ANONYMOUS}, whatever key it sends. The key goes no
 * further than this step: it is taken from the call and from the message's headers.
 *
 * <pre>{@code
 * - name: authenticate
 *   type: io.github.camelllm.access.Authenticate
 *   properties:
 *     keysFile: "{{llm.access.keys-file}}"
 * }</pre>
 */
public final class Authenticate extends Step implements CredentialCheck {

    /**
     * The exchange property in which a trusted trigger (files, queue) names the id of the key it acts for, instead of a
     * credential. Properties cannot come from outside; headers can.
     */
    public static final String KEY_ID = "llm.keyId";

    private static final int PROMPT_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Authenticate.class);

    private String configDir;
    private String keysFile;
    private volatile Supplier<Authenticator> authenticator;
    private volatile Models models = new Models();
    private volatile Ticker ticker = Ticker.SYSTEM;

    /** The directory that a relative {@link #setKeysFile keysFile} is in; the working directory where it is not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The keys file; blank, or a file that does not exist, for no keys. */
    public void setKeysFile(String keysFile) {
        this.keysFile = keysFile;
    }

    /**
     * Refuses a condition: what a client can bring about must not decide whether it is asked for its key.
     *
     * @throws IllegalArgumentException always, unless blank
     */
    @Override
    public void setWhen(String when) {
        if (when != null && !when.isBlank()) {
            throw new IllegalArgumentException("authenticate.when is '" + when
                    + "'; whether a key is asked for depends on no condition: take it out");
        }
    }

    /**
     * Reads the keys, anew each time a route with this step starts, and from then on within {@value #PROMPT_MILLIS} ms of each change
     * of the file.
     *
     * @throws IllegalArgumentException listing everything that is wrong in the keys file
     */
    @Override
    protected void onStart(Route route) {
        models = Calls.bound(route.getCamelContext(), Models.class, models);
        ticker = Calls.ticker(route.getCamelContext());
        AuthenticateSettings settings = AuthenticateSettings.of(configDir, keysFile);
        boolean first = authenticator == null;
        if (settings.keysFile() == null) {
            Authenticator open = new Authenticator(Keys.NONE);
            authenticator = () -> open;
        } else {
            authenticator = WatchedFile.openPrompt(
                    settings.keysFile(), Authenticate::read, ticker, Duration.ofMillis(PROMPT_MILLIS))::get;
        }
        int keys = authenticator.get().size();
        if (first && keys == 0) {
            LOG.info("No virtual keys (keys file: {}): every caller is anonymous", settings.keysFile());
        } else if (first) {
            LOG.info("{} virtual keys from {}", keys, settings.keysFile());
        }
    }

    private static WatchedFile.Read<Authenticator> read(Path file) {
        Keys.Read read = Keys.read(file);
        return new WatchedFile.Read<>(new Authenticator(read.keys()), read.problems());
    }

    /** Whether it asks for keys; false as well before they have been read. */
    public boolean hasKeys() {
        Supplier<Authenticator> now = authenticator;
        return now != null && now.get().hasKeys();
    }

    /** By the keys as they are now; true as well before they have been read. */
    @Override
    public boolean accepts(String credential) {
        Supplier<Authenticator> now = authenticator;
        return now == null || now.get().accepts(credential, ticker.now());
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Message message = exchange.getMessage();
        message.removeHeader("Authorization");
        message.removeHeader("x-api-key");
        Identity identity = Identity.ANONYMOUS;
        try {
            identity = authenticator.get().identify(call, exchange.getProperty(KEY_ID, String.class));
        } finally {
            call.identify(identity);
        }
        if (call.note(Validate.VALIDATED) != null) {
            ModelRules.checkAllowed(call.getAsked(), identity, models); // validate did not know yet who asks
        }
        next.proceed();
    }
}
