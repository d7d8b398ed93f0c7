package io.github.camelllm.acceptance;

import java.util.ArrayList;
import java.util.List;

/** The fenced blocks of a Markdown text. */
final class MarkdownBlocks {

    /**
     * One block.
     *
     * @param language what stands behind its fence
     * @param line the line its fence stands in, from 1
     * @param text what is in it
     */
    record Block(String language, int line, String text) {
        @Override
        public String toString() {
            return language + " block of line " + line;
        }
    }

    private MarkdownBlocks() {}

    /** All blocks in order. */
    static List<Block> of(String markdown) {
        List<Block> blocks = new ArrayList<>();
        StringBuilder text = null;
        String language = null;
        int start = 0;
        int number = 0;
        for (String line : markdown.split("\n", -1)) {
            number++;
            if (!line.startsWith("```")) {
                if (text != null) {
                    text.append(line).append('\n');
                }
            } else if (text == null) {
                text = new StringBuilder();
                language = line.substring(3).strip();
                start = number;
            } else {
                blocks.add(new Block(language, start, text.toString()));
                text = null;
            }
        }
        return blocks;
    }
}
