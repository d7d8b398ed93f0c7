package io.github.camelllm.cost;

import java.util.List;

/**
 * What an image costs in tokens, as the providers publish it. An image whose size is not known counts as the largest.
 */
interface ImageRule {

    /**
     * @param size null when it is not known
     * @param detail {@code low}, {@code high} or {@code auto}
     */
    long tokens(ImageSize size, String detail);

    /** A model's rule, by the beginning of its name. */
    record Of(String prefix, ImageRule rule) {}

    /** The longest beginning counts. */
    List<Of> RULES = List.of(
            new Of("gpt-4", new Tiles(85, 170)),
            new Of("chatgpt-4o", new Tiles(85, 170)),
            new Of("gpt-4o-mini", new Tiles(2833, 5667)),
            new Of("gpt-4.1-mini", new Patches(1.62)),
            new Of("gpt-4.1-nano", new Patches(2.46)),
            new Of("gpt-5", new Tiles(70, 140)),
            new Of("gpt-5-mini", new Patches(1.62)),
            new Of("gpt-5-nano", new Patches(2.46)),
            new Of("gpt-5.", new Patches(1.62)),
            new Of("gpt-6", new Patches(1.62)),
            new Of("o1", new Tiles(75, 150)),
            new Of("o3", new Tiles(75, 150)),
            new Of("o4-mini", new Patches(1.72)),
            new Of("claude", new Squares(2576, 4784)),
            new Of("claude-2", new Squares(1568, 1568)),
            new Of("claude-3", new Squares(1568, 1568)),
            new Of("claude-haiku-4", new Squares(1568, 1568)),
            new Of("claude-sonnet-4", new Squares(1568, 1568)),
            new Of("claude-opus-4", new Squares(1568, 1568)),
            new Of("claude-opus-4-7", new Squares(2576, 4784)),
            new Of("claude-opus-4-8", new Squares(2576, 4784)),
            new Of("gemini", new Fixed(1120)),
            new Of("gemini-1", new Crops()),
            new Of("gemini-2", new Crops()));

    /** For models of which nothing is published. */
    ImageRule OTHER = new Squares(1568, 1568);

    /** The rule of a model, as its provider calls it; null for none. */
    static ImageRule of(String model) {
        String name = Family.bare(model);
        Of best = new Of("", OTHER);
        for (Of candidate : RULES) {
            if (name.startsWith(candidate.prefix())
                    && candidate.prefix().length() > best.prefix().length()) {
                best = candidate;
            }
        }
        return best.rule();
    }

    /**
     * OpenAI's tiles: fitted into 2,048 pixels square, then to 768 pixels on the short side, then cut into squares of 512.
     *
     * @param base tokens of any image, and of one in low detail
     * @param tile tokens of each square
     */
    record Tiles(long base, long tile) implements ImageRule {
        private static final int MOST = 8;

        @Override
        public long tokens(ImageSize size, String detail) {
            if ("low".equals(detail)) {
                return base;
            }
            if (size == null) {
                return base + MOST * tile;
            }
            double fit = Math.min(1, 2048.0 / Math.max(size.width(), size.height()));
            double shrink = fit * Math.min(1, 768.0 / (fit * Math.min(size.width(), size.height())));
            return base + tile * squares(size.width() * shrink, 512) * squares(size.height() * shrink, 512);
        }
    }

    /**
     * OpenAI's patches of 32 pixels, at most 1,536 of them.
     *
     * @param factor tokens of each patch
     */
    record Patches(double factor) implements ImageRule {
        private static final int MOST = 1536;

        @Override
        public long tokens(ImageSize size, String detail) {
            return (long) Math.ceil(factor * (size == null ? MOST : patches(size)));
        }

        private static long patches(ImageSize size) {
            long patches = squares(size.width(), 32) * squares(size.height(), 32);
            if (patches <= MOST) {
                return patches;
            }
            double shrink = Math.sqrt(32.0 * 32 * MOST / ((double) size.width() * size.height()));
            double across = size.width() * shrink / 32;
            double down = size.height() * shrink / 32;
            double whole = Math.min(Math.floor(across) / across, Math.floor(down) / down);
            double shrunk = whole > 0 ? shrink * whole : shrink;
            return Math.min(MOST, squares(size.width() * shrunk, 32) * squares(size.height() * shrunk, 32));
        }
    }

    /**
     * Anthropic's squares of 28 pixels, once the image is shrunk to its native resolution.
     *
     * @param edge the longest side in pixels
     * @param most the most squares
     */
    record Squares(int edge, int most) implements ImageRule {

        @Override
        public long tokens(ImageSize size, String detail) {
            if (size == null) {
                return most;
            }
            double shrink = Math.min(1, (double) edge / Math.max(size.width(), size.height()));
            return Math.min(most, squares(size.width() * shrink, 28) * squares(size.height() * shrink, 28));
        }
    }

    /** Gemini's crops up to 2.5: 258 tokens for a small image, and for each crop of a larger one. */
    record Crops() implements ImageRule {
        private static final int TOKENS = 258;
        private static final int SMALL = 384;
        private static final int MOST = 16;

        @Override
        public long tokens(ImageSize size, String detail) {
            if (size == null) {
                return MOST * TOKENS;
            }
            int small = Math.min(size.width(), size.height());
            if (Math.max(size.width(), size.height()) <= SMALL) {
                return TOKENS;
            }
            double unit = Math.max(256, Math.min(768, Math.floor(small / 1.5)));
            return TOKENS * Math.min(MOST, squares(size.width(), unit) * squares(size.height(), unit));
        }
    }

    /**
     * The same for every image: Gemini from 3 on, whose default resolution has a budget.
     *
     * @param tokens of any image
     */
    record Fixed(long tokens) implements ImageRule {

        @Override
        public long tokens(ImageSize size, String detail) {
            return tokens;
        }
    }

    private static long squares(double length, double side) {
        return Math.max(1, (long) Math.ceil(length / side - 1e-9));
    }
}
