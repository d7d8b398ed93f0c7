package io.github.camelllm.main.check;

import java.util.List;

/**
 * A line of a route that calls from the network reach without a key.
 *
 * @param triggers where they come in: paths, or URIs of consumers
 * @param chain the id of the route that the line stands in
 * @param problem the same as a problem
 */
public record OpenDoor(List<String> triggers, String chain, Diagnostic problem) {}
