package io.github.camelllm.routing;

import io.github.camelllm.call.Model;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** Which of several models is asked first. What is equal stays as it stands in the chain. */
enum ModelOrder {
    /** As they stand in the chain. */
    PRIORITY {
        @Override
        List<Model> sort(List<Model> chain) {
            return chain;
        }
    },
    /** At random, each as often as its weight says; one of weight 0 comes after all others. */
    WEIGHT {
        @Override
        List<Model> sort(List<Model> chain) {
            List<Model> left = new ArrayList<>(chain);
            List<Model> sorted = new ArrayList<>();
            while (!left.isEmpty()) {
                sorted.add(left.remove(draw(left)));
            }
            return sorted;
        }
    },
    /**
     * The shortest median wait of late first; one that nobody has asked of late before them, so that it is tried; one that has
     * failed all calls of late after them.
     */
    LATENCY {
        @Override
        List<Model> sort(List<Model> chain) {
            return by(chain, Comparator.comparingLong(ModelOrder::latency));
        }
    },
    /** The lowest price first, one without a price last. */
    PRICE {
        @Override
        List<Model> sort(List<Model> chain) {
            return by(
                    chain,
                    Comparator.comparing(
                            model -> model.abilities().price(),
                            Comparator.nullsLast(Comparator.<BigDecimal>naturalOrder())));
        }
    };

    /** The models in this order. */
    abstract List<Model> sort(List<Model> chain);

    private static List<Model> by(List<Model> chain, Comparator<Model> comparator) {
        if (chain.size() < 2) {
            return chain;
        }
        List<Model> sorted = new ArrayList<>(chain);
        sorted.sort(comparator);
        return sorted;
    }

    /** A model that has been asked of late and has not answered comes last. */
    private static long latency(Model model) {
        long nanos = model.health().latencyNanos();
        return nanos < 0 && model.health().count() > 0 ? Long.MAX_VALUE : nanos;
    }

    private static int draw(List<Model> models) {
        int sum = models.stream().mapToInt(model -> model.abilities().weight()).sum();
        if (sum == 0) {
            return 0;
        }
        int drawn = ThreadLocalRandom.current().nextInt(sum);
        for (int i = 0; ; i++) {
            drawn -= models.get(i).abilities().weight();
            if (drawn < 0) {
                return i;
            }
        }
    }

    static ModelOrder of(String name) {
        for (ModelOrder order : values()) {
            if (order.name().toLowerCase(Locale.ROOT).equals(name)) {
                return order;
            }
        }
        throw new IllegalArgumentException(
                "choose.order is '" + name + "'; priority, weight, latency and price are allowed");
    }
}
