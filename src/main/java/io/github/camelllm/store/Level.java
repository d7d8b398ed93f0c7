package io.github.camelllm.store;

import java.time.Duration;

/**
 * How a limit stands.
 *
 * @param used what has been settled within the window and has not flowed back; may exceed the limit where a call used more
 *     than it had reserved
 * @param reserved what is reserved and not settled
 * @param remaining what may still be taken; never negative
 * @param resetsIn until all of it is free again, if nothing more is taken; zero when it is
 */
public record Level(long used, long reserved, long remaining, Duration resetsIn) {}
