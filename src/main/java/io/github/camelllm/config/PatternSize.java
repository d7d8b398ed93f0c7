package io.github.camelllm.config;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large a pattern is once its counts are written out: {@code (a{10}b){100}} is 1,100. RE2/J writes them out, whatever memory that
 * takes.
 */
public final class PatternSize {

    private static final long TOO_MUCH = Integer.MAX_VALUE;

    private final String source;
    private final Deque<Long> sums = new ArrayDeque<>();
    private long sum;
    private long atom;
    private int at;

    private PatternSize(String source) {
        this.source = source;
    }

    /** The size, or {@link Integer#MAX_VALUE} where it is larger. */
    public static int of(String source) {
        return (int) Math.min(TOO_MUCH, new PatternSize(source).read());
    }

    private long read() {
        while (at < source.length()) {
            char c = source.charAt(at++);
            switch (c) {
                case '\\' -> {
                    at++;
                    next(1);
                }
                case '[' -> {
                    skipClass();
                    next(1);
                }
                case '(' -> {
                    next(0);
                    sums.push(sum);
                    sum = 0;
                }
                case ')' -> {
                    long group = sum + atom;
                    sum = sums.isEmpty() ? 0 : sums.pop();
                    atom = group;
                }
                case '{' -> count();
                default -> next(1);
            }
        }
        next(0);
        while (!sums.isEmpty()) {
            sum += sums.pop();
        }
        return sum;
    }

    private void next(long size) {
        sum = Math.min(TOO_MUCH, sum + atom);
        atom = size;
    }

    private void skipClass() {
        at += source.startsWith("^]", at) ? 2 : source.startsWith("]", at) ? 1 : 0;
        while (at < source.length() && source.charAt(at) != ']') {
            at += source.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    private void count() {
        long most = 1;
        long number = 0;
        for (; at < source.length() && source.charAt(at) != '}'; at++) {
            char c = source.charAt(at);
            number = c >= '0' && c <= '9' ? Math.min(TOO_MUCH, number * 10 + c - '0') : 0;
            most = Math.max(most, number);
        }
        at++;
        atom = Math.min(TOO_MUCH, atom * most);
    }
}
