/**
 * The Camel component {@code llm}: {@code llm:chat} and {@code llm:embeddings} make calls through a chain of steps from any
 * route, with the settings of each call as parameters. See docs/component.md.
 */
package io.github.camelllm.component;
