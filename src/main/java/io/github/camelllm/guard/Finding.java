package io.github.camelllm.guard;

/**
 * What was found in the texts of one origin in one place.
 *
 * @param origin whose they are
 * @param place where they stand, as messages name it
 * @param score how much they look like an attack
 * @param action what is done about it
 */
record Finding(Origin origin, String place, Score score, Action action) {}
