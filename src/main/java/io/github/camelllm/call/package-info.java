/**
 * The call that flows through the chain: its request, its answer or token stream, who makes it, what it used, what
 * became of it; and the models it may go to.
 *
 * <p>Knows nothing of Camel, HTTP or any provider. It is where rooms meet: what one step must tell another stands on
 * the {@link io.github.camelllm.call.Call}, which routes read as the exchange property {@code llm}.
 */
package io.github.camelllm.call;
