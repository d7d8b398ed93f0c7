/**
 * What clients and operators may rely on, shown on the packaged gateway: a process of its own between a client and a fake
 * upstream, or with its own simulator. Run by failsafe after {@code mvn package}.
 */
package io.github.camelllm.acceptance;
