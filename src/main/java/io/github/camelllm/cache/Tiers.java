package io.github.camelllm.cache;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Troubles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tiers of a cache, in their order.
 *
 * @param all the first one asked first
 * @param troubles tells of tiers that fail
 */
record Tiers(List<CacheTier> all, Troubles troubles) {

    private static final Logger LOG = LoggerFactory.getLogger(Tiers.class);

    /**
     * The tiers of those names.
     *
     * @param beans those that are not built in
     * @throws IllegalArgumentException naming what is no tier, and what is
     */
    static Tiers of(List<String> names, Collection<CacheTier> beans, Supplier<List<String>> fillers, Ticker ticker) {
        List<CacheTier> known = new ArrayList<>(List.of(new ExactTier(), new NormalisedTier(fillers)));
        known.addAll(beans);
        List<CacheTier> all = names.stream()
                .map(name -> known.stream()
                        .filter(tier -> tier.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("cache.tiers names '" + name + "'; "
                                + Stream.concat(
                                                known.stream().map(CacheTier::name),
                                                Stream.of("names of beans of type " + CacheTier.class.getName()))
                                        .distinct()
                                        .collect(Collectors.joining(", "))
                                + " are allowed")))
                .toList();
        return new Tiers(all, new Troubles(LOG, ticker));
    }

    /** Whether what a tier finds is shared by gateways: the others are indexes in this one's memory. */
    static boolean isShared(CacheTier tier) {
        return tier instanceof ExactTier || tier instanceof NormalisedTier;
    }

    /** The tier that every answer is found by, where it is one of these; else null. */
    CacheTier exact() {
        return all.stream().filter(ExactTier.class::isInstance).findFirst().orElse(null);
    }

    /** The tier of normalised names, where it is one of these; else null. */
    NormalisedTier normalised() {
        return all.stream()
                .filter(NormalisedTier.class::isInstance)
                .map(NormalisedTier.class::cast)
                .findFirst()
                .orElse(null);
    }

    /** The normalised name of a question; null where it has none, or that tier is not asked. */
    String nameOf(Question question) {
        NormalisedTier normalised = normalised();
        return normalised == null ? null : normalised.nameOf(question);
    }

    int bytesPerAnswer() {
        return all.stream().mapToInt(CacheTier::bytesPerAnswer).sum();
    }

    /** An answer has left the store. */
    void remove(Question gone) {
        for (CacheTier tier : all) {
            try {
                tier.remove(gone.partition(), gone.id());
            } catch (RuntimeException e) {
                failed(tier, "could not forget an answer", e);
            }
        }
    }

    /** Tells of a tier that has failed where it must not. */
    void failed(CacheTier tier, String what, RuntimeException e) {
        troubles.is("tier " + tier.name() + what, () -> "the tier " + tier.name() + " of the cache " + what, e);
    }
}
