package io.github.camelllm.testkit;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The jars of the embedding model in the process, which a gateway has only if it was packaged with {@code -Pfull}. */
public final class EmbeddingJars {

    /** The environment variable that takes them: see {@code bin/gateway}. */
    public static final String VARIABLE = "GATEWAY_CLASSPATH";

    private EmbeddingJars() {}

    /** As a class path. */
    public static String classPath() {
        return Stream.of(
                        "dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel",
                        "dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel",
                        "dev.langchain4j.model.embedding.EmbeddingModel",
                        "ai.onnxruntime.OrtEnvironment",
                        "ai.djl.huggingface.tokenizers.HuggingFaceTokenizer",
                        "ai.djl.Device",
                        "com.sun.jna.Native",
                        "com.google.gson.Gson",
                        "org.apache.commons.compress.archivers.ArchiveEntry")
                .map(EmbeddingJars::jarOf)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String jarOf(String className) {
        try {
            Class<?> type = Class.forName(className, false, EmbeddingJars.class.getClassLoader());
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (ReflectiveOperationException | URISyntaxException e) {
            throw new AssertionError(className, e);
        }
    }
}
