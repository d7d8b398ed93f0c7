package io.github.camelllm.privacy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Classification;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.text.AnswerPlace;
import io.github.camelllm.call.text.AnswerPlace.Kind;
import io.github.camelllm.call.text.TextFilter;
import io.github.camelllm.privacy.detect.Detectors;
import java.util.Map;

/** Any request comes back as it was, and any answer is the same however it is cut. */
class PrivacyFuzz {

    private static final PrivacyRules RULES = new PrivacyRules(
            Detectors.builtIn(),
            Map.of(),
            new TypeRule(Action.PSEUDONYM, Action.MASK, Classification.PUBLIC),
            false,
            false,
            4,
            Hold.WORDS);

    private record Asked(CallPrivacy privacy, String redacted) {}

    private static Asked ask(String text) {
        ObjectNode tree = Json.object();
        tree.putArray("messages").addObject().put("role", "user").put("content", text);
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(tree));
        CallPrivacy privacy = new CallPrivacy(RULES, new Keys(""), call, (type, direction, action) -> {});
        privacy.request(call.getRequest(), null, false);
        return new Asked(privacy, tree.at("/messages/0/content").asText());
    }

    private static String filtered(TextFilter filter, String text, int... cuts) {
        if (filter == null) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int cut : cuts) {
            int to = Math.max(from, Math.min(text.length(), cut));
            out.append(filter.push(text.substring(from, to)));
            from = to;
        }
        return out.append(filter.push(text.substring(from)))
                .append(filter.end())
                .toString();
    }

    @FuzzTest(maxDuration = "1m")
    void comesBack(FuzzedDataProvider data) {
        int[] cuts = {data.consumeInt(0, 200), data.consumeInt(0, 400)};
        String text = data.consumeRemainingAsString() + " ann@example.org";
        if (text.strip().startsWith("{") || text.strip().startsWith("[")) {
            return; // JSON is written anew
        }
        Asked asked = ask(text);
        TextFilter filter = asked.privacy().answer(new AnswerPlace(0, Kind.CONTENT, -1), false);
        if (!filtered(filter, asked.redacted(), cuts).equals(text)) {
            throw new AssertionError("another text came back: " + text);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void isTheSameHoweverCut(FuzzedDataProvider data) {
        AnswerPlace place = new AnswerPlace(0, data.consumeBoolean() ? Kind.CONTENT : Kind.TOOL_ARGUMENTS, -1);
        int[] cuts = {data.consumeInt(0, 200), data.consumeInt(0, 400), data.consumeInt(0, 800)};
        CallPrivacy privacy = ask("ann@example.org or 536-90-4399").privacy();
        String text = data.consumeRemainingAsString();
        if (!filtered(privacy.answer(place, true), text, cuts).equals(filtered(privacy.answer(place, true), text))) {
            throw new AssertionError("another cut, another text: " + text);
        }
    }
}
