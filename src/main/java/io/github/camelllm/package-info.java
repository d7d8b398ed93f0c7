/** An LLM gateway that is a set of Apache Camel routes: the steps that those routes are made of. */
package io.github.camelllm;
