package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The signatures of thoughts, and who can keep them. */
class GeminiCandidateTest {

    private static JsonNode candidate() throws Exception {
        return Json.MAPPER.readTree(
                """
                {"content":{"parts":[{"text":"Hm","thought":true,"thoughtSignature":"no"},
                  {"text":"Rome.","thoughtSignature":"c2ln"}]}}""");
    }

    @Test
    void travelBesideTheText() throws Exception {
        Call call = Tries.chat("{'messages':[]}");
        ObjectNode message = Json.object();

        new GeminiCandidate(call).say(candidate(), message, false);

        assertThat(message.at("/extra_content/google/thought_signature").asText())
                .isEqualTo("c2ln");
        assertThat(call.getWarnings()).isEmpty();
    }

    @Test
    void areMissedAloudWhereTheClientHasNoFieldForThem() throws Exception {
        Request request = new Request("{\"messages\":[]}".getBytes(StandardCharsets.UTF_8), tree -> tree);
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, request);
        call.choose(new Model("m", "p", Operation.CHAT, null, false));

        new GeminiCandidate(call).say(candidate(), Json.object(), false);

        assertThat(call.getWarnings())
                .containsExactly("thought signatures of m left out: an Anthropic client cannot keep them");
    }
}
