/**
 * What is wrong with route files, said with file, line and remedy: every problem of every file, not the first.
 *
 * <p>Reads route files, Camel's YAML schema and Camel's own complaints. Loads routes into a context of its own that is
 * never started: no port is opened, no broker is called, no file is written. Never changes a file.
 */
package io.github.camelllm.main.check;
