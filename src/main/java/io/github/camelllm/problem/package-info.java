/**
 * Every way a call can fail: the status, the code and a message that is safe to show to a client.
 *
 * <p>Knows nothing of Camel or HTTP servers. A room that refuses a call throws a {@link
 * io.github.camelllm.problem.Problem}; the trigger that received the call decides how it is told.
 */
package io.github.camelllm.problem;
