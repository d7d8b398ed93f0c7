/**
 * Routes that are replaced while calls run through them: what Camel needs beside its own classes for that.
 *
 * <p>Knows Camel's context and routes. It reads no file and judges no route.
 */
package io.github.camelllm.main.live;
