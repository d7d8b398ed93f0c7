package io.github.camelllm.inspect;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.Part;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.inspect.InspectRules.Unfit;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code accept}: looks whether an answer is one. An empty one, or one that is not the JSON that the request asks for,
 * is flagged, or fails the attempt, so that {@code failover}, directly above, asks again: {@code empty} and {@code structured}
 * in {@code config/inspect.yaml}.
 *
 * <pre>{@code
 * - name: accept
 *   type: io.github.camelllm.inspect.Accept
 *   properties: { file: "{{llm.inspect.file}}" }
 * }</pre>
 */
public final class Accept extends Step implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Accept.class);

    private final Flags flags = new Flags();
    private final Schemas schemas = new Schemas();
    private String configDir = "";
    private String file = "inspect.yaml";
    private volatile WatchedFile<Compiled> rules;

    /** The directory that a relative {@link #setFile file} is in; the working directory if not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The rules; without the file the defaults hold. {@code inspect.yaml} unless set. */
    public void setFile(String file) {
        this.file = file;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        flags.bindTo(registry);
    }

    @Override
    protected synchronized void onStart(Route route) {
        if (rules == null) {
            rules = WatchedFile.open(
                    ConfigFile.of(configDir, file), InspectFile::compile, Calls.ticker(route.getCamelContext()));
            if (rules.get().rules().structured().invalid() != Unfit.LEAVE) {
                Part.JSON_SCHEMA
                        .missing()
                        .ifPresent(missing -> LOG.info("schemas of requests are not checked: {}", missing));
            }
        }
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        next.proceed();
        Object body = exchange.getMessage().getBody();
        if (call.getOperation() != Operation.CHAT || call.isContinuing()) {
            return; // what goes on with an answer is no answer by itself
        }
        InspectRules now = rules.get().rules();
        boolean structured =
                now.structured().invalid() != Unfit.LEAVE || now.structured().unfence();
        Form form = structured ? Form.of(call.getRequest().tree()) : null;
        Acceptance acceptance = new Acceptance(call, now, form, schemas, flags.of(call));
        if (!acceptance.isNeeded()) {
            return;
        }
        if (body instanceof TokenStream stream) {
            exchange.getMessage().setBody(acceptance.check(stream));
        } else if (body instanceof Answer answer) {
            acceptance.check(answer);
        }
    }
}
