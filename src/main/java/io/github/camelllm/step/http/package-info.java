/**
 * The HTTP client towards the outside: connections with bounds, a proxy, the certificates that are trusted.
 *
 * <p>Every Camel HTTP endpoint that the gateway asks (providers, moderation, analyzers) is set up by {@link
 * io.github.camelllm.step.http.OutboundHttp}. Knows no call and no provider.
 */
package io.github.camelllm.step.http;
