package io.github.camelllm.call.text;

/** Reads the texts of a request, and may put others in their places. */
@FunctionalInterface
public interface TextVisitor {

    /**
     * Sees one text.
     *
     * @param place where it stands
     * @param text the text, never null. Within texts that are JSON themselves (arguments and results of tools, mostly) it is
     *     each string, member name and number by itself
     * @return what shall stand there; the very same instance to leave it
     */
    String visit(TextPlace place, String text);
}
