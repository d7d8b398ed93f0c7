package io.github.camelllm.privacy;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.text.AnswerPlace;
import io.github.camelllm.call.text.RequestTexts;
import io.github.camelllm.call.text.TextFilter;
import io.github.camelllm.call.text.TextPlace;
import io.github.camelllm.privacy.TypeRule.Direction;
import io.github.camelllm.privacy.detect.Finding;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is done for the privacy of one call: its request first, then the texts of its answer. */
final class CallPrivacy {

    /** Values of JSON up to this length are looked at along with their names. */
    private static final int LABELLED = 256;

    /** Hexadecimal digits, few enough for providers that take 64 characters. */
    private static final int IDENTIFIER = 16;

    private final PrivacyRules rules;
    private final Keys keys;
    private final Call call;
    private final Observer observer;
    private final Set<String> seen = new HashSet<>();
    private Pseudonyms pseudonyms = new Pseudonyms(Set.of());
    private boolean json;

    /** Is told of each finding. */
    @FunctionalInterface
    interface Observer {
        void found(String type, Direction direction, Action action);
    }

    /** Looks at all texts of a request at once; gives the findings of each. */
    @FunctionalInterface
    interface Analyzer {
        List<List<Finding>> find(List<String> texts);
    }

    /** A text in which something was found; {@code index} counts all texts of the request, in their order. */
    private record Text(int index, TextPlace place, String text, List<Finding> findings) {}

    CallPrivacy(PrivacyRules rules, Keys keys, Call call, Observer observer) {
        this.rules = rules;
        this.keys = keys;
        this.call = call;
        this.observer = observer;
    }

    /**
     * Redacts the request.
     *
     * @param analyzer looks at it as well; null for none
     * @param oneWay whether nothing is ever put back, so that placeholders need not tell values apart
     * @return whether something stands in the place of something else now
     * @throws Problem {@code sensitive_data} when something must not be sent
     */
    boolean request(Request request, Analyzer analyzer, boolean oneWay) {
        List<Text> found = found(request, analyzer == null ? null : analyzed(request, analyzer));
        boolean replaces = false;
        for (Text text : found) {
            for (Finding finding : text.findings()) {
                replaces |= note(text, finding);
            }
        }
        if (replaces) {
            replace(request, found, oneWay);
            call.redacted(true);
        }
        json = !request.tree()
                        .path("response_format")
                        .path("type")
                        .asText("text")
                        .equals("text")
                || request.tree().path("output_config").has("format");
        if (restores() && rules.note() && !oneWay) {
            Note.add(request.tree());
        }
        return replaces;
    }

    private List<Finding> find(TextPlace place, String text) {
        return rules.find(text, text.length() > LABELLED ? null : place.label(), Direction.REQUEST);
    }

    /** Only texts with findings are kept: a request may have many, and each number in JSON is one. */
    private List<Text> found(Request request, List<List<Finding>> more) {
        List<Text> texts = new ArrayList<>();
        int[] next = {0};
        RequestTexts.rewrite(request.tree(), (place, text) -> {
            int index = next[0]++;
            List<Finding> findings = find(place, text);
            if (more != null) {
                findings = Findings.merge(
                        findings, more.get(index), rules.yielding().get(Direction.REQUEST));
            }
            if (!findings.isEmpty()) {
                texts.add(new Text(index, place, text, findings));
            }
            return text;
        });
        return texts;
    }

    private static List<List<Finding>> analyzed(Request request, Analyzer analyzer) {
        List<String> all = new ArrayList<>();
        RequestTexts.rewrite(request.tree(), (place, text) -> {
            all.add(text);
            return text;
        });
        return analyzer.find(all);
    }

    /** Records a finding; whether something is to stand in its place. */
    private boolean note(Text text, Finding finding) {
        TypeRule rule = rules.of(finding.type());
        Action action = rule.request();
        seen.add(text.text().substring(finding.start(), finding.end()));
        if (action == Action.ALLOW) {
            return false;
        }
        noted(finding.type(), rule, Direction.REQUEST);
        if (action == Action.BLOCK) {
            throw Problem.of(
                            ErrorCode.SENSITIVE_DATA,
                            text.place().path() + " holds a " + finding.type()
                                    + ", which may not be sent to a model; take it out.")
                    .withParam(text.place().path());
        }
        return action.replaces();
    }

    private void noted(String type, TypeRule rule, Direction direction) {
        Action action = rule.in(direction);
        call.classify(rule.classification());
        call.redaction(type, direction.label(), action.label(), 1);
        observer.found(type, direction, action);
    }

    private void replace(Request request, List<Text> texts, boolean oneWay) {
        Set<String> taken = new HashSet<>();
        RequestTexts.rewrite(request.tree(), (place, text) -> {
            Taken.add(text, taken);
            return text;
        });
        pseudonyms = new Pseudonyms(taken);
        Map<String, String> inTexts = new HashMap<>();
        KnownValues plain = new KnownValues();
        KnownValues names = new KnownValues();
        KnownValues identifiers = new KnownValues();
        Map<String, String> inIdentifiers = new HashMap<>();
        Map<Integer, List<Finding>> found = new HashMap<>();
        for (Text text : texts) {
            found.put(text.index(), text.findings());
            for (Finding finding : text.findings()) {
                Action action = rules.of(finding.type()).request();
                if (action.replaces()) {
                    String value = text.text().substring(finding.start(), finding.end());
                    identifiers.add(
                            value, inIdentifiers.computeIfAbsent(value, v -> identifier(finding.type(), action, v)));
                    if (text.place().kind() == TextPlace.Kind.IDENTIFIER) {
                        continue; // no model reads it, so nothing is to be put back
                    }
                    String name = inTexts.computeIfAbsent(value, v -> name(finding.type(), action, v, oneWay));
                    plain.add(value, bracketed(name, action));
                    names.add(value, name);
                }
            }
        }
        int[] next = {0};
        RequestTexts.rewrite(request.tree(), (place, value) -> {
            List<Finding> findings = found.getOrDefault(next[0]++, List.of());
            String other =
                    switch (place.kind()) {
                        case NAME -> rewritten(value, findings, true, inTexts, names);
                        case IDENTIFIER -> rewritten(value, findings, true, inIdentifiers, identifiers);
                        default -> rewritten(value, findings, false, inTexts, plain);
                    };
            return other.equals(value) ? value : other; // the very same instance says that nothing has changed
        });
    }

    private String name(String type, Action action, String value, boolean oneWay) {
        String label = Replacements.label(type);
        if (action != Action.PSEUDONYM) {
            return Replacements.of(action, type, value, rules.maskKeep(), keys, call.getTenant());
        }
        return rules.keyed()
                ? pseudonyms.coded(label, keys.hash(call.getTenant(), value), value)
                : oneWay ? label : pseudonyms.numbered(label, value);
    }

    /** A hash tells users apart, in every call alike; a number of the call would make one user of all. */
    private String identifier(String type, Action action, String value) {
        return action == Action.PSEUDONYM
                ? keys.identifier(call.getTenant(), value).substring(0, IDENTIFIER)
                : Replacements.of(action, type, value, rules.maskKeep(), keys, call.getTenant());
    }

    private static String bracketed(String name, Action action) {
        return action == Action.PSEUDONYM ? "<" + name + ">" : name;
    }

    /** A text with what stands for its values; names of users and files take no brackets. */
    private String rewritten(
            String before, List<Finding> findings, boolean name, Map<String, String> names, KnownValues known) {
        StringBuilder out = new StringBuilder(before.length() + 32);
        int copied = 0;
        for (Finding finding : findings) {
            Action action = rules.of(finding.type()).request();
            if (action.replaces()) {
                known.append(before, copied, finding.start(), out);
                String other = names.get(before.substring(finding.start(), finding.end()));
                out.append(name ? other : bracketed(other, action));
                copied = finding.end();
            }
        }
        known.append(before, copied, before.length(), out);
        return out.toString();
    }

    /** Whether a placeholder may come in the answer. */
    boolean restores() {
        return !pseudonyms.isEmpty();
    }

    /** What an answer's text passes through: findings first, then values are put back. Null to leave it. */
    TextFilter answer(AnswerPlace place, boolean looks) {
        boolean asJson =
                place.kind() == AnswerPlace.Kind.TOOL_ARGUMENTS || json && place.kind() == AnswerPlace.Kind.CONTENT;
        TextFilter redactor = looks ? new AnswerRedactor(rules.hold(), new AnswerLook(this, rules, asJson)) : null;
        boolean signed = place.isReasoning() && call.getRequest().translated();
        if (looks && (signed || !rules.changesAnswers())) {
            redactor = new Watching(redactor);
        }
        if (signed) {
            return redactor; // Anthropic's clients get thinking with its signature, and send it back: it must stay as
            // it is
        }
        TextFilter restorer = restores() ? new Restorer(pseudonyms, asJson) : null;
        return redactor == null ? restorer : restorer == null ? redactor : new Both(redactor, restorer);
    }

    /** Lets everything go at once that would not be changed anyway. */
    private record Watching(TextFilter watcher) implements TextFilter {
        @Override
        public String push(String piece) {
            watcher.push(piece);
            return piece;
        }

        @Override
        public String end() {
            watcher.end();
            return "";
        }
    }

    private record Both(TextFilter first, TextFilter second) implements TextFilter {
        @Override
        public String push(String piece) {
            return second.push(first.push(piece));
        }

        @Override
        public String end() {
            return second.push(first.end()) + second.end();
        }
    }

    /**
     * What stands in an answer in the place of a value that the request had not; null to leave it.
     *
     * @throws Problem {@code sensitive_data} when it must not be given
     */
    String answered(String type, String value) {
        TypeRule rule = rules.of(type);
        Action action = rule.answer();
        if (action == Action.ALLOW || seen.contains(value) || isPlaceholder(value)) {
            return null;
        }
        noted(type, rule, Direction.ANSWER);
        call.personalAnswer().give();
        if (action == Action.BLOCK) {
            throw Problem.of(
                    ErrorCode.SENSITIVE_DATA, "The answer holds a " + type + ", which this gateway does not give.");
        }
        return action == Action.REPORT
                ? null
                : Replacements.of(action, type, value, rules.maskKeep(), keys, call.getTenant());
    }

    private boolean isPlaceholder(String value) {
        return restores() && !new Restorer(pseudonyms, false).push(value + " ").equals(value + " ");
    }

    /** Never what it holds. */
    @Override
    public String toString() {
        return "CallPrivacy[" + call.getId() + "]";
    }
}
