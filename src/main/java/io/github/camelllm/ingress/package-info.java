/**
 * Where calls come in and answers go out: HTTP with server-sent events, files, queues.
 *
 * <p>Turns what came in into a {@link io.github.camelllm.call.Call} and what comes back into what that trigger's clients
 * expect. Knows transports, not models; nothing behind it knows which transport a call came by.
 */
package io.github.camelllm.ingress;
