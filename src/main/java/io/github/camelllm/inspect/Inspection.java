package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.HeldEvents;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.text.AnswerPlace;
import io.github.camelllm.call.text.AnswerTexts;
import io.github.camelllm.call.text.TextFilter;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that is looked for in the answer of one call. */
final class Inspection {

    private static final Logger LOG = LoggerFactory.getLogger(Inspection.class);

    /** Instructions of fewer words are not guarded: "You are a helpful assistant" is no secret. */
    private static final int FEWEST_WORDS = 10;

    private final Call call;
    private final Compiled rules;
    private final Moderator moderator;
    private final Findings findings;
    private boolean promptRead;
    private SystemPrompt prompt;
    private Set<String> asked;

    /** @param moderator null where there is none */
    Inspection(Call call, Compiled rules, Moderator moderator, Findings findings) {
        this.call = call;
        this.rules = rules;
        this.moderator = rules.rules().moderation().action() == Action.LEAVE ? null : moderator;
        this.findings = findings;
    }

    /** @throws Problem when the answer is withheld */
    void check(Answer answer) {
        AnswerTexts.rewrite(answer, this::filter);
        if (moderator != null) {
            moderate(new Said(true).read(answer.tree()).text());
        }
    }

    /**
     * The stream as it goes on.
     *
     * @throws Problem when it is withheld before it begins
     */
    TokenStream check(TokenStream stream) {
        TokenStream filtered = AnswerTexts.rewrite(stream, this::filter);
        if (moderator == null) {
            return filtered;
        }
        Said said = new Said(true);
        if (!rules.rules().moderation().hold()) {
            return new CheckedAtEnd(filtered, said, this::moderate);
        }
        List<StreamEvent> events = HeldEvents.read(call, filtered);
        events.forEach(event -> said.read(event.json()));
        moderate(said.text());
        return TokenStream.of(events);
    }

    /** The filter of one text; null when nothing is looked for in it. */
    private TextFilter filter(AnswerPlace place) {
        boolean answer = place.kind() == AnswerPlace.Kind.CONTENT;
        boolean json = place.kind() == AnswerPlace.Kind.TOOL_ARGUMENTS;
        TextFilter words = rules.looksAtWords() || prompt() != null
                ? new WordFilter(rules, prompt(), findings, answer, json)
                : null;
        InspectRules.Links links = rules.rules().links();
        TextFilter addresses =
                place.isToolCall() || !links.any() ? null : new LinkFilter(links, this::isKnown, findings);
        if (place.kind() == AnswerPlace.Kind.REFUSAL && rules.rules().refusals().action() != Action.LEAVE) {
            return new RefusalFilter(new BothFilters(words, addresses), findings);
        }
        return words == null ? addresses : addresses == null ? words : new BothFilters(words, addresses);
    }

    private SystemPrompt prompt() {
        if (!promptRead) {
            promptRead = true;
            prompt = rules.rules().leak().action() == Action.LEAVE
                    ? null
                    : SystemPrompt.of(call.getRequest().tree(), FEWEST_WORDS);
        }
        return prompt;
    }

    private boolean isKnown(String host) {
        return rules.hosts().has(host)
                || rules.rules().links().ofRequest() && !host.isEmpty() && asked().contains(host);
    }

    /** The hosts that the client's own messages name; those of tools and of the model do not count. */
    private Set<String> asked() {
        if (asked == null) {
            asked = new HashSet<>();
            for (JsonNode message : call.getRequest().tree().path("messages")) {
                String role = message.path("role").asText("");
                if (role.equals("user") || role.equals("system") || role.equals("developer")) {
                    asked.addAll(Urls.hostsIn(message.path("content").asText("")));
                    for (JsonNode part : message.path("content")) {
                        asked.addAll(Urls.hostsIn(part.path("text").asText("")));
                    }
                }
            }
        }
        return asked;
    }

    private void moderate(String text) {
        if (text.isBlank()) {
            return;
        }
        InspectRules.Moderation moderation = rules.rules().moderation();
        try {
            if (moderator.flags(text, moderation)) {
                findings.act(InspectRules.MODERATION, moderation.action());
            }
        } catch (Moderator.DownException e) {
            findings.note(InspectRules.MODERATION_DOWN);
            LOG.atWarn()
                    .setCause(e.getCause())
                    .log("the answer to request {} could not be moderated: {}", call.getId(), e.getMessage());
            if (moderation.refuse()) {
                throw Problem.of(
                        ErrorCode.UPSTREAM_ERROR,
                        "The model's answer could not be checked, and is withheld for that; try again.");
            }
        }
    }
}
