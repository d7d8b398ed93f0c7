/**
 * Who may call, and what a call may look like: the steps {@code authenticate} and {@code validate}, and the file of
 * virtual keys.
 *
 * <p>May touch {@code call}, {@code problem} and {@code step}, and reads the keys file. It never writes a key anywhere:
 * not to a log, not to an error, not into the call's record; it knows keys by their SHA-256 alone. It never asks a
 * model and never changes a request, except that it takes control characters and broken surrogates out of the texts
 * that a model reads.
 */
package io.github.camelllm.access;
