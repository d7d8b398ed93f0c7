/**
 * The room of prompt injection and jailbreaks: how much a text looks like one, what becomes of a call that holds one, and
 * what keeps apart the instructions of the operator and the data of others.
 */
package io.github.camelllm.guard;
