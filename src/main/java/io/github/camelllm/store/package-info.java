/**
 * Counters that limits are kept by, in memory or in Redis: what is taken is taken for all limits at once or for none, and
 * what is reserved is settled with what was really used, or comes back when its lease ends.
 *
 * <p>Beside them values that gateways share in Redis, with leases on making them and clears that reach everybody.
 *
 * <p>Knows no room: what a limit is for, and whose, is the caller's affair.
 */
package io.github.camelllm.store;
