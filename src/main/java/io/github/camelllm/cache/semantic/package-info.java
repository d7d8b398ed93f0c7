/**
 * The semantic tier: finds the question that means the same, and refuses it where a guard sees that it doesn't. Vectors
 * propose, guards decide: a vector puts "not safe" next to "safe".
 */
package io.github.camelllm.cache.semantic;
