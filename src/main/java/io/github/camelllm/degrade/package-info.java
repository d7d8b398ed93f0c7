/**
 * Degradation: what is answered when no model does, marked as such. Knows nothing of models and providers: to it a failure is
 * whatever comes out of the rest of the chain.
 */
package io.github.camelllm.degrade;
