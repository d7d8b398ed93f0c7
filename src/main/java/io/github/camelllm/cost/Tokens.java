package io.github.camelllm.cost;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.call.Usage;
import io.github.camelllm.config.Part;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Startup;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.StartupListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts prompts before they are sent: quickly by {@link QuickCount}, exactly by OpenAI's encodings, and images, tools and
 * what stands around messages by the providers' published rules. By how much other families of models differ it learns
 * from what they report. Without the encodings, an optional part, the quick count stands for the exact one.
 *
 * <pre>{@code
 * - name: tokens
 *   type: io.github.camelllm.cost.Tokens
 * }</pre>
 */
public final class Tokens implements TokenCounter, CamelContextAware, StartupListener {

    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final int FIRST_CALLS = 64;
    private static final int EVERY = 8;
    private static final int EVERY_EXACT = 32;
    private static final int MOST_BYTES = 64 * 1024;
    private static final int LEAST_TOKENS = 64;

    private static final TextCount QUICK = QuickCount::of;

    private final Map<Family, Learned> learned = new EnumMap<>(Family.class);
    private final Optional<String> missing = Part.TOKEN_COUNT.missing();
    private CamelContext camelContext;
    private volatile Models models;

    /** What has been learned of a family. */
    private static final class Learned {
        private final Factor quick;
        private final Factor exact;
        private final AtomicLong calls = new AtomicLong();

        Learned(Family family) {
            quick = new Factor(family.start());
            exact = new Factor(family.start());
        }
    }

    public Tokens() {
        for (Family family : Family.values()) {
            learned.put(family, new Learned(family));
        }
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        Startup.listen(camelContext, this);
    }

    @Override
    public void onCamelContextStarting(CamelContext context, boolean alreadyStarted) {
        missing.ifPresent(part -> LOG.info("tokens are estimated, by a few percent too high as a rule: {}", part));
        models = context.getRegistry().findSingleByType(Models.class);
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        models = context.getRegistry().findSingleByType(Models.class);
    }

    /** 0 when the request is no JSON object. */
    @Override
    public long estimate(Call call, String model) {
        JsonNode request = tree(call);
        if (request == null) {
            return 0;
        }
        String upstream = upstream(model);
        Family family = Family.of(upstream);
        return count(request, QUICK, upstream, family)
                .tokens(learned.get(family).quick.value());
    }

    /** 0 when the request is no JSON object. */
    @Override
    public long exact(Call call, String model) {
        if (missing.isPresent()) {
            return estimate(call, model);
        }
        JsonNode request = tree(call);
        if (request == null) {
            return 0;
        }
        String upstream = upstream(model);
        Family family = Family.of(upstream);
        return count(request, family.encoding(), upstream, family)
                .tokens(family.hasOwnEncoding() ? 1 : learned.get(family).exact.value());
    }

    /**
     * From plain texts of some length alone, not from every call, and from an exact count only where the encoding is loaded
     * already: learning must cost less than it brings.
     */
    @Override
    public void learn(Call call) {
        Attempt last = call.attempt();
        Usage usage = last == null ? null : last.usage();
        boolean told = usage != null && !usage.estimated() && usage.inputTokens() > 0;
        if (!told || call.getRecovery() != null || !call.getRequest().parsed()) {
            return;
        }
        String upstream = upstream(last.model());
        Family family = Family.of(upstream);
        Learned of = learned.get(family);
        long number = of.calls.getAndIncrement();
        if (number >= FIRST_CALLS && number % EVERY != 0 || call.getRequest().receivedBytes() > MOST_BYTES) {
            return;
        }
        JsonNode request = call.getRequest().tree();
        if (!request.path("tools").isEmpty() || RequestParts.of(call).media() > 0) {
            return;
        }
        learn(of.quick, count(request, QUICK, upstream, family), usage);
        if (!family.hasOwnEncoding() && family.encoding().isLoaded() && number % EVERY_EXACT == 0) {
            learn(of.exact, count(request, family.encoding(), upstream, family), usage);
        }
    }

    private static void learn(Factor factor, PromptCount counted, Usage usage) {
        double texts = usage.inputTokens() - counted.other();
        if (counted.texts() >= LEAST_TOKENS && texts > 0) {
            factor.learn(counted.texts(), texts);
        }
    }

    private static PromptCount count(JsonNode request, TextCount texts, String upstream, Family family) {
        return PromptCount.of(request, texts, ImageRule.of(upstream), family);
    }

    private static JsonNode tree(Call call) {
        try {
            return call.getRequest().tree();
        } catch (Problem e) {
            return null;
        }
    }

    private String upstream(String model) {
        Models catalogue = models;
        return catalogue == null
                ? model
                : catalogue.find(model).map(Model::upstream).orElse(model);
    }
}
