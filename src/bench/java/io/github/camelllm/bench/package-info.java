/**
 * The benchmark: what the chain costs against a bare Camel proxy of the same request, on the same machine in the same
 * minutes. {@link io.github.camelllm.bench.Benchmark} starts and stops every process: a mock upstream, the bare proxy,
 * the packaged gateway and a load driver, each in its own JVM.
 *
 * <p>Listens on loopback only. Judges nothing in unit tests: figures depend on the machine, ratios much less.
 */
package io.github.camelllm.bench;
