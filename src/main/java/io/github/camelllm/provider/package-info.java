/**
 * Providers: how a call is said in a provider's words, sent, and its answer or its failure read.
 *
 * <p>One codec a wire dialect, and the built-in simulator. May touch Camel's HTTP client and the call; never decides
 * which model is asked, and never lets a client's header, or a provider's, pass to the other side.
 */
package io.github.camelllm.provider;
