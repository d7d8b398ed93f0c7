/**
 * What calls used and cost, in SQL: {@link io.github.camelllm.ledger.Ledger} takes each finished call from a tap and writes
 * it once, whatever happens to the database or to the process; {@link io.github.camelllm.ledger.CostReport} adds it up.
 *
 * <p>May touch Camel, {@code call} and {@code step}. Never makes a call wait or fail. Keeps no prompt, no completion and no
 * key.
 */
package io.github.camelllm.ledger;
