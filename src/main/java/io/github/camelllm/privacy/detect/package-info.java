/**
 * Finds what is personal or secret in a text: one scan for what may begin such a thing, then exact checks. Pure Java: knows
 * nothing of calls and Camel.
 */
package io.github.camelllm.privacy.detect;
