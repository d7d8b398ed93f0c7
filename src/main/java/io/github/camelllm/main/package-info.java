/**
 * The started gateway: its command line, its settings, the Camel context with its HTTP server, the table it prints once
 * it is ready, and the orderly way out.
 *
 * <p>The one room that may touch every other; none may touch it. It never looks into a call.
 */
package io.github.camelllm.main;
