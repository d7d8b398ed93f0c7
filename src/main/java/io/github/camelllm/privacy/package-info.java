/**
 * Privacy: what is personal or secret in a call is found, and does not leave as it stands.
 */
package io.github.camelllm.privacy;
