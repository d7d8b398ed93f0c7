package io.github.camelllm.inspect;

/**
 * Follows a Markdown text line by line: where a paragraph ends, and what stands between fences and so is code that is shown, not
 * followed. It believes in no fence that one renderer might see and another might not: an indented one, one behind an HTML
 * block, or one whose end is unclear.
 */
final class Fences {

    private boolean trusted = true;
    private boolean code;
    private char fence;
    private int length;

    private boolean counting = true;
    private boolean first = true;
    private boolean html;
    private boolean blank = true;
    private int indent;
    private char mark;
    private int run;
    private boolean only = true;
    private boolean other;
    private char before = '\n';
    private boolean paragraph;

    /** Whether the next character stands in code. */
    boolean isCode() {
        return code;
    }

    /** True once when a paragraph has ended. */
    boolean isNewParagraph() {
        boolean ended = paragraph;
        paragraph = false;
        return ended;
    }

    /** Takes characters among which are no line break, no {@code <}, and no sign that a fence is made of. */
    void skip(CharSequence text, int from, int to) {
        int at = from;
        while (at < to && (first || counting || html || run >= 3)) {
            step(text.charAt(at++));
        }
        if (at < to) {
            blank = false;
            before = text.charAt(to - 1);
        }
    }

    /** Takes the next character. */
    void step(char c) {
        if (c == '\n' || c == '\r') {
            if (c == '\r' || before != '\r') {
                line();
            }
            before = c;
            return;
        }
        before = c;
        boolean space = c == ' ' || c == '\t';
        if (first) {
            if (space) {
                indent += c == '\t' ? 4 : 1;
                return;
            }
            first = false;
            html = c == '<';
            mark = c;
            counting = c == '`' || c == '~';
        } else if (html && mark == '<') {
            html = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '!' || c == '?' || c == '/';
            mark = 0;
        }
        blank = false;
        if (counting && c == mark) {
            run++;
        } else {
            counting = false;
            only &= space;
            other |= c == '`';
        }
    }

    private void line() {
        boolean fenced = run >= 3 && (mark == '`' || mark == '~');
        if (code) {
            if (fenced && mark == fence) {
                code = false;
                trusted &= indent <= 3 && run >= length && only;
            }
        } else if (html && !first) {
            trusted = false;
        } else if (trusted && fenced && indent == 0 && !(mark == '`' && other)) {
            code = true;
            fence = mark;
            length = run;
        }
        paragraph |= blank;
        first = true;
        html = false;
        blank = true;
        indent = 0;
        mark = 0;
        run = 0;
        only = true;
        other = false;
    }
}
