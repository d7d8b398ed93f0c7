/**
 * Reads the tables of {@code config/}: YAML whose every problem is told with its line and its remedy. Lies below the rooms:
 * each reads its own file with it.
 */
package io.github.camelllm.config;
