package io.github.camelllm.inspect;

import io.github.camelllm.call.text.TextFilter;
import java.util.HashSet;
import java.util.Set;

/**
 * Looks in one text for phrases of lists and for passages of the system prompt. Holds back no more than the last words that
 * may turn out to be the beginning of something that the answer must not have; nothing while all is flagged only. Where text is taken out, its letters and digits become {@code *}, so that JSON around them stays JSON.
 */
final class WordFilter implements TextFilter {

    /** Passages of fewer words do not count toward the share of the system prompt. */
    private static final int PASSAGE = 8;

    /** No more characters are held back, whatever stands between the words. */
    private static final int MOST_HELD = 4096;

    private final Compiled rules;
    private final SystemPrompt prompt;
    private final Findings findings;
    private final boolean refusals;
    private final boolean holds;
    private final Words reader;
    private final StringBuilder held = new StringBuilder();
    private final long[] starts;
    private long heldFrom;
    private long open = Long.MAX_VALUE;
    private int words;
    private int state = Phrases.ROOT;

    private long before;
    private long last;
    private int run;
    private long runStart;
    private Set<Long> leaked;
    private boolean leaking;

    /**
     * @param prompt null where none is guarded
     * @param answer whether it is the answer itself, which may begin like a refusal
     * @param ofJson whether the text is JSON
     */
    WordFilter(Compiled rules, SystemPrompt prompt, Findings findings, boolean answer, boolean ofJson) {
        this.rules = rules;
        this.prompt = rules.rules().leak().action() == Action.LEAVE ? null : prompt;
        this.findings = findings;
        this.refusals = answer;
        this.holds = rules.acts()
                || this.prompt != null && rules.rules().leak().action().acts();
        this.starts = new long[Math.max(SystemPrompt.SHINGLE, rules.phrases().longest())];
        this.reader = new Words(this::word, ofJson);
    }

    @Override
    public String push(String piece) {
        if (!holds) {
            reader.read(piece);
            return piece;
        }
        held.append(piece);
        reader.read(piece);
        long least = heldFrom + held.length() - MOST_HELD;
        return release(Math.max(least, Math.min(open, reader.open())), piece);
    }

    @Override
    public String end() {
        reader.finish();
        return holds ? release(heldFrom + held.length(), "") : "";
    }

    private String release(long to, String piece) {
        int length = (int) Math.max(0, to - heldFrom);
        if (length == 0) {
            return "";
        }
        boolean same = length == piece.length() && held.length() == length && piece.contentEquals(held);
        String text = same ? piece : held.substring(0, length);
        held.delete(0, length);
        heldFrom += length;
        return text;
    }

    private void word(String word, long start, long end) {
        starts[words % starts.length] = start;
        words++;
        state = rules.phrases().isEmpty() ? Phrases.ROOT : rules.phrases().next(state, word);
        for (Phrases.Match match : rules.phrases().at(state)) {
            found(match, end);
        }
        int begun = rules.phrases().held(state);
        open = begun == 0 ? Long.MAX_VALUE : startOf(begun);
        if (prompt != null) {
            compare(word, end);
            if (rules.rules().leak().action().acts()) {
                long least = run > 0 && !leaking ? runStart : startOf(Math.min(words, SystemPrompt.SHINGLE - 1));
                open = Math.min(open, least);
            }
        }
    }

    /** Where the word began that came so many words ago; 1 is the last one. */
    private long startOf(int ago) {
        return starts[Math.floorMod(words - ago, starts.length)];
    }

    private void found(Phrases.Match match, long end) {
        if (match.list() < 0) {
            if (refusals && words <= rules.rules().refusals().within()) {
                findings.note(InspectRules.REFUSAL);
            }
            return;
        }
        Action action = rules.action(match.list());
        findings.act(rules.finding(match.list()), action);
        if (action == Action.CHANGE) {
            mask(startOf(match.words()), end);
        }
    }

    private void compare(String word, long end) {
        long now = SystemPrompt.hash(word);
        long shingle = SystemPrompt.shingle(before, last, now);
        before = last;
        last = now;
        if (words < SystemPrompt.SHINGLE || !prompt.has(shingle)) {
            run = 0;
            leaking = false;
            return;
        }
        if (run == 0) {
            run = SystemPrompt.SHINGLE;
            runStart = startOf(SystemPrompt.SHINGLE);
        } else {
            run++;
        }
        if (run >= PASSAGE) {
            leaked = leaked == null ? new HashSet<>() : leaked;
            leaked.add(shingle);
        }
        InspectRules.Leak leak = rules.rules().leak();
        boolean much = run >= PASSAGE
                && (leaked.size() + PASSAGE - SystemPrompt.SHINGLE) * 100L >= (long) leak.percent() * prompt.size();
        if (leaking || run >= leak.words() || much) {
            leaking = true;
            findings.act(InspectRules.LEAK, leak.action());
            if (leak.action() == Action.CHANGE) {
                mask(runStart, end);
                runStart = end;
            }
        }
    }

    private void mask(long from, long to) {
        for (int i = (int) Math.max(0, from - heldFrom); i < to - heldFrom; i++) {
            char c = held.charAt(i);
            if (c == '\\') {
                i += i + 1 < held.length() && held.charAt(i + 1) == 'u' ? 5 : 1;
            } else if (Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
                held.setCharAt(i, '*');
            }
        }
    }
}
