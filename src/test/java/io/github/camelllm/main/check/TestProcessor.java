package io.github.camelllm.main.check;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A processor for route files that are checked and never run. */
public final class TestProcessor implements Processor {
    @Override
    public void process(Exchange exchange) {
        throw new IllegalStateException("was run");
    }
}
