package io.github.camelllm.testkit;

/**
 * One header line.
 *
 * @param name as it was written
 * @param value without the blanks around it
 */
public record Header(String name, String value) {}
