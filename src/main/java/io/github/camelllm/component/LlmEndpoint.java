package io.github.camelllm.component;

import io.github.camelllm.call.Operation;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Ask language models through the gateway's chain of steps: keys, limits, redaction, cache, failover and records included.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "llm",
        title = "LLM Gateway",
        syntax = "llm:operation",
        producerOnly = true,
        remote = false,
        category = {Category.AI},
        headersClass = LlmConstants.class)
public class LlmEndpoint extends DefaultEndpoint {

    @UriPath(enums = "chat,embeddings", description = "What is asked for: an answer, or embeddings.")
    @Metadata(required = true)
    private String operation;

    @UriParam
    private LlmConfiguration configuration;

    public LlmEndpoint(String uri, LlmComponent component, LlmConfiguration configuration) {
        super(uri, component);
        this.configuration = configuration;
    }

    /** Throws, naming the parameter and what is allowed, when one is not as it should be. */
    void check() {
        Choice.OPERATION.check("operation", operation);
        ParameterCheck.check(configuration, operation());
        ParameterCheck.check(defaults(), null);
    }

    Operation operation() {
        return Operation.of(operation);
    }

    /** What the component says for all its endpoints. */
    LlmConfiguration defaults() {
        return ((LlmComponent) getComponent()).getConfiguration();
    }

    /** The id of the key that it acts for; null for none. */
    String keyId() {
        boolean ownKey = configuration.getKeyId() != null || configuration.getApiKey() != null;
        return ownKey ? configuration.getKeyId() : defaults().getKeyId();
    }

    /** The URI of the chain that answers. */
    String chainUri() {
        String named = configuration.getChain() != null
                ? configuration.getChain()
                : defaults().getChain();
        if (named == null) {
            return "direct:llm-" + operation;
        }
        return named.startsWith("direct:") ? named : "direct:" + named;
    }

    @Override
    public Producer createProducer() {
        return new LlmProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("llm: only answers; begin the route with another endpoint");
    }

    public String getOperation() {
        return operation;
    }

    public void setOperation(String operation) {
        this.operation = operation;
    }

    public LlmConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(LlmConfiguration configuration) {
        this.configuration = configuration;
    }
}
