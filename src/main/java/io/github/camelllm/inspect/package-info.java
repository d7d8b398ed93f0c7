/**
 * Checks on answers: what a model must not say, show or lead to, and whether its answer is one at all. The step {@code inspect}
 * stands high in a chain and sees every answer, cached ones too; the step {@code accept} stands below {@code failover} and can
 * fail a single attempt.
 */
package io.github.camelllm.inspect;
