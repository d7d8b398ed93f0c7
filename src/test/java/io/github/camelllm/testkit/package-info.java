/**
 * What tests stand on: an upstream that misbehaves on demand, a clock that moves by hand, a client that sees and sends exact
 * bytes, and the packaged gateway as a process.
 *
 * <p>May touch {@code call}, the JDK and Jackson; knows no room and no Camel. It listens on loopback only, on ports that
 * the system picks, and never waits for time to pass where it can wait for an event.
 */
package io.github.camelllm.testkit;
