package io.github.camelllm.provider;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.TokenStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Calls to try providers with. */
final class Tries {

    private Tries() {}

    /** A chat call with that body, apostrophes for quotes, for the model {@code m}. */
    static Call chat(String body) {
        return call(Operation.CHAT, body);
    }

    static Call call(Operation operation, String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Call call = new Call(Ticker.SYSTEM, operation, new CallHeaders(), null, new Request(bytes));
        call.choose(new Model("m", "p", operation, null, false));
        return call;
    }

    /** The data of all events. */
    static List<String> drain(TokenStream stream) {
        List<String> events = new ArrayList<>();
        for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
            events.add(new String(event.data(), StandardCharsets.UTF_8));
        }
        return events;
    }
}
