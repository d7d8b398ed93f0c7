package io.github.camelllm.inspect;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * The step {@code inspect}: checks what comes back, whole answers and streams, as {@code config/inspect.yaml} says. Passages of
 * the system prompt, words of categories, refusals, addresses of unknown hosts, and what a moderation model flags.
 *
 * <p>It stands above the cache, so that cached answers are checked as well, and below whatever puts redacted values back.
 *
 * <pre>{@code
 * - name: inspect
 *   type: io.github.camelllm.inspect.Inspect
 *   properties: { file: "{{llm.inspect.file}}", moderation: "{{llm.inspect.moderation}}", moderationKey: "{{llm.inspect.moderation-key}}" }
 * }</pre>
 */
public final class Inspect extends Step implements MeterBinder {

    private final Flags flags = new Flags();
    private final Set<Route> running = new HashSet<>();
    private String configDir = "";
    private String file = "inspect.yaml";
    private String moderation = "";
    private String moderationKey = "";
    private volatile WatchedFile<Compiled> rules;
    private volatile Moderator moderator;
    private CamelContext context;

    /** The directory that a relative {@link #setFile file} is in; the working directory if not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The rules; without the file the defaults hold. {@code inspect.yaml} unless set. */
    public void setFile(String file) {
        this.file = file;
    }

    /**
     * The Camel endpoint of a moderation model that answers like OpenAI's, such as {@code
     * https://api.openai.com/v1/moderations} or {@code direct:moderate}; none unless set.
     */
    public void setModeration(String moderation) {
        this.moderation = moderation.strip();
    }

    /** The key that it is called with; none unless set. */
    public void setModerationKey(String moderationKey) {
        this.moderationKey = moderationKey.strip();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        flags.bindTo(registry);
    }

    @Override
    protected synchronized void onStart(Route route) {
        context = route.getCamelContext();
        if (rules == null) {
            rules = WatchedFile.open(ConfigFile.of(configDir, file), InspectFile::compile, Calls.ticker(context));
        }
        if (running.isEmpty() && !moderation.isEmpty()) {
            moderator = new Moderator(context, moderation, moderationKey.isEmpty() ? null : moderationKey);
        }
        running.add(route);
    }

    @Override
    protected synchronized void onStop(Route route) {
        if (running.remove(route) && running.isEmpty() && moderator != null) {
            moderator.close();
            moderator = null;
        }
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        next.proceed();
        if (call.getOperation() != Operation.CHAT) {
            return;
        }
        Object body = exchange.getMessage().getBody();
        Inspection inspection = new Inspection(call, rules.get(), moderator, flags.of(call));
        if (body instanceof TokenStream stream) {
            exchange.getMessage().setBody(inspection.check(stream));
        } else if (body instanceof Answer answer) {
            inspection.check(answer);
        }
    }
}
