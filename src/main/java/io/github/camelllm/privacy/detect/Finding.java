package io.github.camelllm.privacy.detect;

/**
 * Something personal or secret that stands in a text.
 *
 * @param start where it begins, in UTF-16 units
 * @param end where it ends, exclusive
 * @param type what it is, such as {@code EMAIL_ADDRESS}
 * @param score how sure that is, from 0 to 1
 */
public record Finding(int start, int end, String type, double score) {}
