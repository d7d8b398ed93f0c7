package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.text.RequestTexts;
import io.github.camelllm.call.text.TextPlace;
import io.github.camelllm.guard.GuardSettings.Breaking;
import io.github.camelllm.guard.GuardSettings.Treatment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges the texts of one request. Texts of one place, such as the strings of a tool's JSON, are judged together, and what the
 * user has said in several turns is judged once more as one text, lest an attack come in parts. Used by one thread.
 */
final class Screening {

    /** As many turns, and characters, are judged as one text. */
    private static final int TURNS = 8;

    private static final int TOGETHER = 16_000;

    private final ObjectNode request;
    private final Map<Origin, Treatment> treatments;
    private final GuardSettings settings;
    private final Scorer scorer;
    private final SpecialTokens tokens;
    private final Map<String, Passage> passages = new LinkedHashMap<>();
    private boolean broken;

    /** The texts of one place. */
    static final class Passage {
        final Origin origin;
        final String place;
        private String first; // mostly the only one: no copy of it is made
        private StringBuilder text;

        Passage(Origin origin, String place) {
            this.origin = origin;
            this.place = place;
        }

        String text() {
            return text == null ? first : text.toString();
        }

        private void add(String piece) {
            if (first == null || text == null && first.isEmpty()) {
                first = piece;
                return;
            }
            if (text == null) {
                text = new StringBuilder(first);
                first = "";
            }
            text.append('\n').append(piece);
        }
    }

    /**
     * Reads the request, and breaks up special tokens where that is set.
     *
     * @param tenant whose call it is
     */
    Screening(ObjectNode request, String tenant, GuardSettings settings, Scorer scorer) {
        this.request = request;
        this.treatments = settings.of(tenant, scorer.rules());
        this.settings = settings;
        this.scorer = scorer;
        this.tokens = new SpecialTokens(scorer.rules());
        RequestTexts.rewrite(request, this::read);
    }

    private String read(TextPlace place, String text) {
        Origin origin = Origin.of(place.kind());
        if (origin != null && treatments.get(origin).action() != Action.OFF) {
            passages.computeIfAbsent(origin + place.path(), any -> new Passage(origin, place.path()))
                    .add(text);
        }
        if (!isBroken(place.kind())) {
            return text;
        }
        String other = tokens.breakUp(text);
        broken |= other != text;
        return other;
    }

    /** Whether special tokens are broken up in texts of a kind; never in the operator's, nor where they may be code to be embedded. */
    private boolean isBroken(TextPlace.Kind kind) {
        return switch (kind) {
            case SYSTEM, DEFINITION, TOOL_ARGUMENTS, INPUT, IDENTIFIER -> false;
            case USER, OTHER, NAME -> settings.breaking() != Breaking.OFF;
            case TOOL_RESULT, DOCUMENT ->
                settings.breaking() == Breaking.ALL || action(Origin.of(kind)).compareTo(Action.SANITISE) >= 0;
            case ASSISTANT -> settings.breaking() == Breaking.ALL;
        };
    }

    /** What is done with texts of an origin that look like an attack. */
    Action action(Origin origin) {
        return treatments.get(origin).action();
    }

    /** Whether special tokens were broken up. */
    boolean hasBrokenTokens() {
        return broken;
    }

    /** The texts that are to be judged, by place. */
    List<Passage> passages() {
        List<Passage> judged = new ArrayList<>(passages.values());
        if (!settings.earlierTurns()) {
            String last = last();
            judged.removeIf(passage -> passage.origin == Origin.USER
                    && passage.place.startsWith("messages[")
                    && !passage.place.startsWith(last));
        }
        return judged;
    }

    /** The message that the user has said last. */
    private String last() {
        int last = request.path("messages").size() - 1;
        while (last > 0
                && !request.path("messages").path(last).path("role").asText("").equals("user")) {
            last--;
        }
        return "messages[" + last + "]";
    }

    /** Judges the texts by themselves. */
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        List<Passage> judged = passages();
        for (Passage passage : judged) {
            judge(passage.origin, passage.place, scorer.score(passage.text(), passage.origin.isData()), findings);
        }
        together(judged, findings);
        return findings;
    }

    private void together(List<Passage> judged, List<Finding> findings) {
        List<Passage> said =
                judged.stream().filter(passage -> passage.origin == Origin.USER).toList();
        if (said.size() < 2 || findings.stream().anyMatch(finding -> finding.origin() == Origin.USER)) {
            return;
        }
        StringBuilder text = new StringBuilder();
        for (Passage passage : said.subList(Math.max(0, said.size() - TURNS), said.size())) {
            text.append(passage.text()).append('\n');
        }
        String all = text.substring(Math.max(0, text.length() - TOGETHER));
        judge(Origin.USER, "messages", scorer.score(all, false), findings);
    }

    private void judge(Origin origin, String place, Score score, List<Finding> findings) {
        Treatment treatment = treatments.get(origin);
        if (score.value() >= treatment.threshold()) {
            Action action = treatment.action() == Action.SANITISE && place.equals("messages")
                    ? Action.FLAG // no turn by itself has anything to take out
                    : treatment.action();
            findings.add(new Finding(origin, place, score, action));
        }
    }

    /** Takes what looks like an attack out of the places of some findings. */
    void sanitise(List<Finding> findings) {
        Sanitiser sanitiser = new Sanitiser(scorer);
        Map<String, Finding> places = new LinkedHashMap<>();
        findings.forEach(finding -> places.put(finding.origin() + finding.place(), finding));
        Map<String, Passage> left = new LinkedHashMap<>();
        RequestTexts.rewrite(request, (place, text) -> {
            Finding finding = places.get(Origin.of(place.kind()) + place.path());
            if (finding == null) {
                return text;
            }
            boolean data = finding.origin().isData();
            String clean = sanitiser.clean(text, data, threshold(finding));
            left.computeIfAbsent(
                            Origin.of(place.kind()) + place.path(), any -> new Passage(finding.origin(), place.path()))
                    .add(clean);
            return clean;
        });
        left.entrySet().removeIf(passage -> isClean(passage.getValue(), places.get(passage.getKey())));
        if (!left.isEmpty()) { // the attack is spread over sentences: nothing of them stays
            RequestTexts.rewrite(
                    request,
                    (place, text) -> left.containsKey(Origin.of(place.kind()) + place.path())
                                    && text.chars().anyMatch(Character::isLetter)
                            ? Sanitiser.REMOVED
                            : text);
        }
    }

    /** A detector has judged a text as a whole, and so tells nothing of its sentences. */
    private boolean isClean(Passage passage, Finding finding) {
        return !finding.score().rules().equals(Score.DETECTED)
                && scorer.score(passage.text(), passage.origin.isData()).value() < threshold(finding);
    }

    private double threshold(Finding finding) {
        return treatments.get(finding.origin()).threshold();
    }
}
