package io.github.camelllm.cache.semantic;

import dev.langchain4j.model.embedding.EmbeddingModel;
import io.github.camelllm.config.Part;
import java.util.concurrent.Executor;

/**
 * The model bge-small-en-v1.5 (quantised, 384 numbers) in this process; it knows English. Loaded with the first text, never
 * before: it takes time and memory that a gateway without a semantic cache should not pay.
 *
 * <p>It is an optional part of 140 MB. Without it this embedder has no vectors, and says which artifact to add.
 */
public final class LocalEmbedder implements Embedder {

    private static final String OR = ", or set embedder to an endpoint such as direct:llm-embeddings";

    /** Apart, so that no class of the model's is looked for before the first text. */
    private static final class Model {

        private static final EmbeddingModel LOADED = load();

        private Model() {}

        /** By its name: the jar that holds it holds the model, which no build needs that does not run it. */
        private static EmbeddingModel load() {
            try {
                // It would make a pool of threads for texts of more than 512 tokens; such texts are not looked up.
                Executor caller = Runnable::run;
                return (EmbeddingModel) Class.forName(Part.LOCAL_EMBEDDINGS.className())
                        .getConstructor(Executor.class)
                        .newInstance(caller);
            } catch (ReflectiveOperationException e) {
                throw new NoClassDefFoundError(e.toString());
            }
        }
    }

    /** What keeps it from making vectors; null when its jar is there. Loads nothing. */
    public static String missing() {
        return Part.LOCAL_EMBEDDINGS.missing().map(missing -> missing + OR).orElse(null);
    }

    @Override
    public float[] embed(String text) {
        try {
            return Model.LOADED.embed(text).content().vector();
        } catch (LinkageError e) {
            String missing = missing();
            throw new EmbeddingException(
                    missing != null ? missing : "the in-process embedding model cannot be loaded", e);
        } catch (RuntimeException e) {
            throw new EmbeddingException("the in-process embedding model has failed", e);
        }
    }
}
