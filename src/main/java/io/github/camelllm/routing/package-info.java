/**
 * Which model answers. The rules themselves are a {@code choice} in the routes, which names the models that may answer;
 * this room picks from them, and lists what clients can ask for.
 *
 * <p>May touch the call and the catalogue of models; never changes the request.
 */
package io.github.camelllm.routing;
