package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Names what calls ask. All of the request is in the name but what the rules leave out, and beside it whatever else routes
 * and models may go by: the scope, the tier, the models that the key may use, and the headers that shape an answer.
 */
final class Questions {

    /** Part of every name: another way of naming, and nothing is found by the names of before. */
    private static final String FORMAT = "2";

    private Questions() {}

    static Question of(Call call, CacheRules rules) {
        ObjectNode request = call.getRequest().tree();
        JsonNode asked = lastText(request.path("messages"));
        CanonicalDigest digest = new CanonicalDigest();
        surroundings(digest, call, rules);
        String partition = digest.object(request, rules.ignoredFields(), asked).hex();
        String text = asked == null ? null : asked.textValue();
        return new Question(digest.text(partition).text(text).hex(), partition, text);
    }

    private static void surroundings(CanonicalDigest digest, Call call, CacheRules rules) {
        Identity who = call.getIdentity();
        digest.text(FORMAT).text(rules.version());
        rules.ignoredFields().stream().sorted().forEach(digest::text);
        digest.text(call.getOperation().label());
        CacheRules.Scope scope = rules.scope(call);
        digest.text(scope.label());
        digest.text(scope == CacheRules.Scope.GLOBAL ? null : who.tenant());
        digest.text(scope == CacheRules.Scope.USER ? who.user() : null);
        digest.text(who.tier());
        List<String> models = new ArrayList<>(who.models());
        Collections.sort(models);
        digest.text(Integer.toString(models.size()));
        models.forEach(digest::text);
        digest.text(call.getTask()).text(call.getQuality());
        digest.text(call.headers().get("anthropic-beta"));
        digest.text(call.labels().template());
    }

    /** The text of the last message, if it is the user's and all that it says; null otherwise. */
    private static JsonNode lastText(JsonNode messages) {
        JsonNode last = messages.path(messages.size() - 1);
        if (!"user".equals(last.path("role").textValue())) {
            return null;
        }
        JsonNode content = last.path("content");
        if (content.isArray() && content.size() == 1) {
            content = content.get(0).path("text");
        }
        return content.isTextual() && !content.textValue().isEmpty() ? content : null;
    }
}
