package io.github.camelllm.step;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.TokenStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.spi.TypeConverterLoader;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.SimpleTypeConverter;

/**
 * Lets Camel read requests, answers, token streams and finished calls as text, bytes, streams, maps and trees, so that
 * {@code log:}, {@code file:}, {@code jms:} and {@code jsonpath} need no help.
 *
 * <p>Converting a token stream waits for its end and gives server-sent events, {@code [DONE]} included. Its events can be read
 * once more by the client.
 */
public final class CallConverters implements TypeConverterLoader {

    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

    @Override
    public void load(TypeConverterRegistry registry) {
        bytes(registry, Request.class, Request::bytes);
        tree(registry, Request.class, Request::tree);
        bytes(registry, Answer.class, Answer::bytes);
        tree(registry, Answer.class, Answer::tree);
        bytes(registry, FinishedCall.class, finished -> Json.write(finished.toJson()));
        tree(registry, FinishedCall.class, FinishedCall::toJson);
        bytes(registry, TokenStream.class, stream -> SharedStream.sse(SharedStream.eventsOf(stream)));
    }

    private static <T> void bytes(TypeConverterRegistry registry, Class<T> from, Function<T, byte[]> bytes) {
        add(registry, byte[].class, from, bytes);
        add(registry, String.class, from, value -> new String(bytes.apply(value), StandardCharsets.UTF_8));
        add(registry, InputStream.class, from, value -> new ByteArrayInputStream(bytes.apply(value)));
        add(registry, ByteBuffer.class, from, value -> ByteBuffer.wrap(bytes.apply(value)));
    }

    private static <T> void tree(TypeConverterRegistry registry, Class<T> from, Function<T, ? extends JsonNode> tree) {
        add(registry, JsonNode.class, from, tree);
        add(registry, Map.class, from, value -> Json.MAPPER.convertValue(tree.apply(value), MAP));
    }

    private static <F, T> void add(
            TypeConverterRegistry registry, Class<T> to, Class<F> from, Function<F, ? extends T> f) {
        registry.addTypeConverter(
                to, from, new SimpleTypeConverter(false, (type, exchange, value) -> f.apply(from.cast(value))));
    }
}
