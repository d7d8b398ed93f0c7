package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Json;

/**
 * A request of Anthropic's Messages API in OpenAI's words. What OpenAI has no word for stays in the tree as {@link
 * AnthropicWords} says; a field that is not known stays where it is. Refuses by the client's own names what cannot be
 * translated, and leaves the rest to {@code validate}.
 *
 * <p>{@code max_tokens} keeps its name, which all of OpenAI's imitators know; of OpenAI's own models, those that reason
 * take {@code max_completion_tokens} alone. {@code metadata.user_id} is not made OpenAI's {@code user}: it was meant for
 * one provider.
 */
final class AnthropicRequest {

    private AnthropicRequest() {}

    static ObjectNode read(ObjectNode body) {
        Place request = new Place(body, "");
        JsonNode maxTokens = body.path("max_tokens");
        if (!maxTokens.isIntegralNumber()) {
            throw Place.wrong("max_tokens", maxTokens, "the most tokens that the answer may have, as a whole number");
        }
        ArrayNode messages = AnthropicMessages.read(request);
        ObjectNode tree = Json.object();
        body.properties().forEach(field -> {
            switch (field.getKey()) {
                case "messages" -> tree.set("messages", messages);
                case "system", "tools", "tool_choice", "stop_sequences", "stream_options" -> {
                    // in OpenAI's words below
                }
                default -> tree.set(field.getKey(), field.getValue());
            }
        });
        stop(request, tree);
        AnthropicTools.read(request, tree);
        if (body.path("stream").booleanValue()) {
            tree.putObject("stream_options").put("include_usage", true); // an Anthropic stream always tells it
        }
        outputFormat(request, tree);
        return tree;
    }

    private static void stop(Place request, ObjectNode tree) {
        JsonNode stop = request.optionalArray("stop_sequences", "an array of strings");
        if (stop != null && !stop.isEmpty()) {
            tree.set("stop", stop);
        }
    }

    /** {@code output_config.format} (once {@code output_format}), which stays there as well. */
    private static void outputFormat(Place request, ObjectNode tree) {
        boolean old = request.has("output_format");
        if (!old && !request.has("output_config")) {
            return;
        }
        Place holder = old ? request : request.child("output_config", "an object");
        String name = old ? "output_format" : "format";
        if (!holder.has(name)) {
            return;
        }
        Place format = holder.child(name, "an object with type and schema");
        if (!format.string("type", "json_schema").equals("json_schema")) {
            throw format.unknown("type", "json_schema");
        }
        Place schema = format.child("schema", "a JSON schema, as an object");
        tree.putObject("response_format")
                .put("type", "json_schema")
                .putObject("json_schema")
                .put("name", "output")
                .put("strict", true)
                .set("schema", schema.object());
    }
}
