package io.github.camelllm.cost;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Startup;
import java.math.BigDecimal;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.StartupListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What models cost, by a file in the shape of LiteLLM's public price list, which is read anew when it changes. A file that
 * is not in order stops the start; later it is told as an alarm, and the prices before stay in force.
 *
 * <p>A model is looked for under the name that routes call it, under {@code provider/name}, and likewise under what its
 * provider calls it. What is not listed has no price, which is not the same as none to pay; what is made up here is free.
 *
 * <pre>{@code
 * - name: prices
 *   type: io.github.camelllm.cost.Prices
 *   properties: { file: "{{llm.prices.file}}" }
 * }</pre>
 */
public final class Prices implements Pricing, CamelContextAware, StartupListener {

    private static final Logger LOG = LoggerFactory.getLogger(Prices.class);

    private CamelContext camelContext;
    private String configDir = "";
    private String file = "";
    private volatile WatchedFile<PriceList> list;
    private volatile boolean opened;
    private volatile Models models;

    /** The directory that a relative {@link #setFile file} is in; the working directory where it is not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The price list; blank, or a file that does not exist, for no prices. */
    public void setFile(String file) {
        this.file = file;
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

    /** Reads the file, before any route takes a call. */
    @Override
    public void onCamelContextStarting(CamelContext context, boolean alreadyStarted) {
        prices();
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        prices(); // a context that had started before the bean came
    }

    @Override
    public BigDecimal cost(String model, Usage usage) {
        ModelPrice price = price(model);
        return price == null ? null : price.cost(usage, 0);
    }

    @Override
    public BigDecimal cost(Call call, String model, Usage usage) {
        ModelPrice price = price(call, model);
        if (price == null) {
            return null;
        }
        return price.cost(
                usage, price.perImage() == null ? 0 : RequestParts.of(call).images());
    }

    @Override
    public BigDecimal most(String model, long inputTokens, long outputTokens) {
        ModelPrice price = price(model);
        return price == null ? null : price.most(inputTokens, outputTokens, CacheWrites.LONG, 0);
    }

    @Override
    public BigDecimal most(Call call, String model, long inputTokens, long outputTokens) {
        ModelPrice price = price(call, model);
        if (price == null) {
            return null;
        }
        RequestParts parts = RequestParts.of(call);
        return price.most(inputTokens, outputTokens, parts.writes(), parts.images());
    }

    @Override
    public long mostOutputTokens(String model) {
        ModelPrice price = price(model);
        return price == null ? 0 : price.mostOutput();
    }

    /** That of the version which the call asks for, if it has one of its own: some versions cost other than their model. */
    private ModelPrice price(Call call, String model) {
        PriceList prices = prices();
        String version = call.versionOf(model);
        Models catalogue = models;
        if (version != null && catalogue != null) {
            String provider = catalogue.find(model).map(Model::provider).orElse(null);
            ModelPrice own = prices.find(version, provider, version);
            if (own != null) {
                return own;
            }
        }
        return price(model);
    }

    private ModelPrice price(String model) {
        PriceList prices = prices();
        if (model == null) {
            return null;
        }
        Models catalogue = models;
        Model entry = catalogue == null ? null : catalogue.find(model).orElse(null);
        if (entry == null) {
            return prices.find(model, null, null);
        }
        ModelPrice listed = prices.find(model, entry.provider(), entry.upstream());
        return listed == null && entry.simulated() ? ModelPrice.FREE : listed;
    }

    private PriceList prices() {
        if (!opened) {
            open();
        }
        WatchedFile<PriceList> current = list;
        return current == null ? PriceList.EMPTY : current.get();
    }

    private synchronized void open() {
        if (opened) {
            return;
        }
        PricesSettings settings = PricesSettings.of(configDir, file);
        Ticker ticker = camelContext == null ? Ticker.SYSTEM : Calls.ticker(camelContext);
        if (camelContext != null) {
            models = camelContext.getRegistry().findSingleByType(Models.class);
        }
        if (settings.file() != null) {
            list = WatchedFile.open(settings.file(), PriceList::read, ticker);
            LOG.info("{} models are priced by {}", list.get().size(), settings.file());
        }
        opened = true;
    }
}
