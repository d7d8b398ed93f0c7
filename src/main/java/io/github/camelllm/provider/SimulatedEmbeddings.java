package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Vectors that mean nothing: unit length, the same for the same input, in the form that was asked for. */
final class SimulatedEmbeddings {

    private static final int DEFAULT_DIMENSIONS = 256;
    private static final int MAX_DIMENSIONS = 4096;
    private static final int MAX_NUMBERS = 1 << 20;

    private SimulatedEmbeddings() {}

    static ObjectNode answer(ObjectNode request, Call call) {
        int dimensions =
                Math.min(MAX_DIMENSIONS, Math.max(1, request.path("dimensions").asInt(DEFAULT_DIMENSIONS)));
        List<JsonNode> inputs = inputs(request.path("input"));
        if ((long) inputs.size() * dimensions > MAX_NUMBERS) {
            throw Problem.invalid(
                    "input",
                    "The simulator embeds no more than " + MAX_NUMBERS / dimensions + " inputs of " + dimensions
                            + " dimensions at once, not " + inputs.size() + ".");
        }
        boolean base64 = request.path("encoding_format").asText("float").equals("base64");
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode data = answer.putArray("data");
        for (JsonNode input : inputs) {
            float[] vector = vector(input.toString(), dimensions);
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (base64) {
                ByteBuffer bytes = ByteBuffer.allocate(dimensions * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(vector);
                item.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float number : vector) {
                    numbers.add(number);
                }
            }
        }
        answer.put("model", call.getModel());
        answer.putObject("usage").put("prompt_tokens", call.inputEstimate()).put("total_tokens", call.inputEstimate());
        return answer;
    }

    /** One text, several texts, one list of tokens, or several of those. */
    private static List<JsonNode> inputs(JsonNode input) {
        if (!input.isArray() || input.path(0).isNumber()) {
            return List.of(input);
        }
        List<JsonNode> inputs = new ArrayList<>();
        input.forEach(inputs::add);
        return inputs;
    }

    private static float[] vector(String text, int dimensions) {
        long seed = 1;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            seed = 31 * seed + b;
        }
        Random random = new Random(seed);
        float[] vector = new float[dimensions];
        double square = 0;
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) random.nextGaussian();
            square += vector[i] * (double) vector[i];
        }
        for (int i = 0; i < dimensions; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }
}
