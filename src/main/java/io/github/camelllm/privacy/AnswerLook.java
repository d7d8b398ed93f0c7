package io.github.camelllm.privacy;

import io.github.camelllm.privacy.TypeRule.Direction;
import io.github.camelllm.privacy.detect.Finding;
import java.util.List;

/** Looks at the parts of one text of an answer. In JSON what stands there afterwards is JSON too. */
final class AnswerLook implements AnswerRedactor.Look {

    private final CallPrivacy privacy;
    private final PrivacyRules rules;
    /** Where the text has been read to; null when it is no JSON. */
    private final JsonPosition position;

    private String before;
    private String part;

    AnswerLook(CallPrivacy privacy, PrivacyRules rules, boolean json) {
        this.privacy = privacy;
        this.rules = rules;
        this.position = json ? new JsonPosition() : null;
    }

    @Override
    public void passed(CharSequence text, int from, int to) {
        if (position != null) {
            position.pass(text, from, to);
        }
    }

    @Override
    public AnswerRedactor.Looked at(String context, String text, int least) {
        before = context;
        part = text;
        List<Finding> findings = rules.find(context + text, null, Direction.ANSWER);
        int length = least;
        for (Finding finding : findings) {
            int start = finding.start() - before.length();
            int end = finding.end() - before.length();
            if (start < least && end > least) {
                length = start > 0 ? start : end;
            }
        }
        StringBuilder out = new StringBuilder(length + 16);
        boolean open = false;
        int copied = 0;
        for (Finding finding : findings) {
            int start = Math.max(copied, finding.start() - before.length());
            int end = finding.end() - before.length();
            if (end > start && start < length) {
                int from = position == null
                        ? start
                        : position.copy().pass(part, copied, start).begin(part, start, end);
                out.append(part, copied, from);
                passed(part, copied, from);
                copied = replace(finding.type(), from, end, out);
                open = copied == part.length();
            }
        }
        if (copied < length) {
            out.append(part, copied, length);
            passed(part, copied, length);
            open = false;
        }
        return new AnswerRedactor.Looked(out.toString(), Math.max(copied, length), open);
    }

    /** Writes what stands for a finding, or the finding itself; where the part goes on. */
    private int replace(String type, int from, int end, StringBuilder out) {
        if (position == null) {
            String value = part.substring(from, end);
            String other = privacy.answered(type, value);
            out.append(other == null ? value : other);
            return end;
        }
        if (position.isInString()) {
            int to = JsonPosition.end(part, from, end);
            String value = part.substring(from, to);
            String other = value.isEmpty() ? null : privacy.answered(type, JsonPosition.unescape(value));
            out.append(other == null ? value : JsonPosition.escape(other));
            passed(part, from, to);
            return to;
        }
        return number(type, from, end, out);
    }

    /** A number that is replaced becomes a string, all of it. */
    private int number(String type, int from, int end, StringBuilder out) {
        String value = part.substring(from, end);
        String other = privacy.answered(type, value);
        int to = end;
        if (other != null && value.chars().allMatch(c -> isOfNumber((char) c))) {
            while (!out.isEmpty() && isOfNumber(out.charAt(out.length() - 1))) {
                out.setLength(out.length() - 1);
            }
            while (to < part.length() && isOfNumber(part.charAt(to))) {
                to++;
            }
            out.append('"').append(JsonPosition.escape(other)).append('"');
        } else {
            out.append(other == null ? value : other);
        }
        passed(part, from, to);
        return to;
    }

    private static boolean isOfNumber(char c) {
        return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
    }
}
