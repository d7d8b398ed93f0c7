package io.github.camelllm.cost;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.WatchedFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The prices of a file, by the names that it lists them under. Immutable. */
public final class PriceList {

    /** Knows no price. */
    static final PriceList EMPTY = new PriceList(Map.of());

    private final Map<String, ModelPrice> prices;

    PriceList(Map<String, ModelPrice> prices) {
        this.prices = Map.copyOf(prices);
    }

    /**
     * Reads a file in the shape of LiteLLM's price list.
     *
     * @return no prices when there is no such file; what is wrong with it otherwise
     */
    public static WatchedFile.Read<PriceList> read(Path file) {
        return ConfigFile.isMissing(file)
                ? new WatchedFile.Read<>(EMPTY, List.<ConfigProblem>of())
                : PriceFile.read(file);
    }

    /** How many models have a price. */
    public int size() {
        return prices.size();
    }

    /**
     * What a model costs. A name that the list has as another provider's counts only where nothing fits better: the same
     * model costs differently from place to place.
     *
     * @param name what routes call it
     * @param provider whose it is, as the routes say; null when that is not known
     * @param upstream what the provider calls it; null when that is not known
     * @return null when it is not listed
     */
    ModelPrice find(String name, String provider, String upstream) {
        ModelPrice own = prices.get(name);
        if (own != null
                && (provider == null || own.provider() == null || own.provider().equals(provider))) {
            return own;
        }
        ModelPrice better = provider == null ? null : prices.get(provider + "/" + name);
        if (better == null && upstream != null && !upstream.equals(name)) {
            ModelPrice theirs = prices.get(upstream);
            if (theirs != null && (provider == null || provider.equals(theirs.provider()))) {
                return theirs;
            }
            better = provider == null ? null : prices.get(provider + "/" + upstream);
            if (better == null && own == null) {
                better = theirs;
            }
        }
        return better != null ? better : own;
    }
}
