package io.github.camelllm.inspect;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.HeldEvents;
import io.github.camelllm.call.StreamEnd;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.text.AnswerPlace;
import io.github.camelllm.call.text.AnswerTexts;
import io.github.camelllm.call.text.TextFilter;
import io.github.camelllm.inspect.InspectRules.Unfit;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.util.ArrayList;
import java.util.List;

/** Whether one model's answer to one request is an answer: not empty, and the JSON that was asked for. */
final class Acceptance {

    private final Call call;
    private final InspectRules rules;
    private final Form form;
    private final Schemas schemas;
    private final Findings findings;

    /** @param form the JSON that is asked for; null where none is */
    Acceptance(Call call, InspectRules rules, Form form, Schemas schemas, Findings findings) {
        this.call = call;
        this.rules = rules;
        this.form = form;
        this.schemas = schemas;
        this.findings = findings;
    }

    /** Whether there is anything to check. */
    boolean isNeeded() {
        return form != null || rules.empty() != Unfit.LEAVE;
    }

    /** @throws Problem when the answer is not to be taken */
    void check(Answer answer) {
        if (form != null && rules.structured().unfence()) {
            AnswerTexts.rewrite(answer, Acceptance::unfence);
        }
        judge(new Said(form != null).read(answer.tree()), true);
    }

    /**
     * Checks a stream, before its first event or at its end, as the rules say.
     *
     * @return the stream that goes on
     * @throws Problem when the answer is not to be taken
     */
    TokenStream check(TokenStream stream) {
        TokenStream source = form != null && rules.structured().unfence()
                ? AnswerTexts.rewrite(stream, Acceptance::unfence)
                : stream;
        Said said = new Said(form != null);
        if (form != null
                && rules.structured().invalid().acts()
                && rules.structured().hold()) {
            List<StreamEvent> events = HeldEvents.read(call, source);
            events.forEach(event -> said.read(event.json()));
            judge(said, true);
            return TokenStream.of(events);
        }
        TokenStream watched = source.map(event -> {
                    said.read(event.json());
                    return event;
                })
                .onEnd(end -> {
                    boolean judged = rules.empty().acts() && !said.hasBegun();
                    if (end.kind() == StreamEnd.Kind.WHOLE && !judged) {
                        judge(said, false);
                    }
                });
        return rules.empty().acts() ? begun(watched, said) : watched;
    }

    private static TextFilter unfence(AnswerPlace place) {
        return place.kind() == AnswerPlace.Kind.CONTENT ? new Unfence() : null;
    }

    /** The stream once something of the answer has come. */
    private TokenStream begun(TokenStream stream, Said said) {
        List<StreamEvent> events = new ArrayList<>();
        Runnable close = stream::close;
        call.cancellation().onCancel(close);
        boolean good = false;
        try {
            StreamEvent event = stream.next();
            for (; event != null && !said.hasBegun(); event = stream.next()) {
                events.add(event);
            }
            if (event == null && !said.hasBegun()) {
                judge(said, true);
            }
            if (event != null) {
                events.add(event);
            }
            good = true;
        } finally {
            call.cancellation().forget(close);
            if (!good) {
                stream.close();
            }
        }
        return new Rejoined(events, stream);
    }

    private void judge(Said said, boolean early) {
        for (Said.Choice choice : said.choices()) {
            if (choice.isEmpty()) {
                if (!choice.isFiltered()) {
                    boolean fails = early && !choice.isCut(); // a limit has cut it: another try would end the same
                    react(InspectRules.EMPTY, rules.empty(), UpstreamFailure.EMPTY_ANSWER, fails);
                }
            } else if (form != null && rules.structured().invalid() != Unfit.LEAVE && choice.isWhole()) {
                switch (schemas.check(form, choice.text(), rules.structured().maxSchema())) {
                    case FITS -> {
                        // as it should be
                    }
                    case DOES_NOT_FIT ->
                        react(InspectRules.WRONG_FORM, rules.structured().invalid(), UpstreamFailure.WRONG_FORM, early);
                    case UNKNOWN -> findings.note(InspectRules.UNCHECKED_FORM);
                }
            }
        }
    }

    private void react(String finding, Unfit unfit, UpstreamFailure failure, boolean fails) {
        if (unfit.acts() && fails) {
            throw Problem.of(
                            ErrorCode.UPSTREAM_ERROR,
                            "The answer of '" + call.getModel() + "' "
                                    + (failure == UpstreamFailure.EMPTY_ANSWER
                                            ? "is empty."
                                            : "is not the JSON that the request asks for."))
                    .withUpstream(unfit == Unfit.FAILOVER ? failure : null);
        }
        if (unfit != Unfit.LEAVE) {
            findings.note(finding);
        }
    }
}
