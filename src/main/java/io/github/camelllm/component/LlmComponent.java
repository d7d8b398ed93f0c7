package io.github.camelllm.component;

import io.github.camelllm.config.Nearest;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.PropertiesHelper;

/**
 * Calls models through a chain of steps. What is set here ({@code camel.component.llm.keyId}) holds for all endpoints that do not
 * say otherwise.
 */
@Component("llm")
public class LlmComponent extends DefaultComponent {

    /** What each parameter that is no text may be, as messages say it. */
    private static final Map<String, String> ALLOWED = Map.of(
            "temperature", "a number from 0 to 2",
            "maxTokens", "a whole number of 1 or more",
            "timeout", "milliseconds, or a duration such as 30s",
            "lazyStartProducer", "true or false");

    @Metadata(description = "What holds for all endpoints that do not say otherwise.")
    private LlmConfiguration configuration = new LlmConfiguration();

    public LlmComponent() {}

    public LlmComponent(CamelContext context) {
        super(context);
    }

    public LlmConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(LlmConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LlmConfiguration own = new LlmConfiguration();
        Map<String, Object> variables = PropertiesHelper.extractProperties(parameters, "variables.");
        if (!variables.isEmpty()) {
            own.setVariables(variables);
        }
        LlmEndpoint endpoint = new LlmEndpoint(uri, this, own);
        endpoint.setOperation(remaining);
        try {
            setProperties(endpoint, parameters);
        } catch (PropertyBindingException e) {
            throw new IllegalArgumentException(wrong(e), e);
        }
        endpoint.check();
        return endpoint;
    }

    private static String wrong(PropertyBindingException e) {
        String name = String.valueOf(e.getPropertyName());
        return name + " is '" + e.getValue() + "'; expected " + ALLOWED.getOrDefault(name, "another value");
    }

    /** Names the parameter that there is not, and those that there are. */
    @Override
    protected void validateParameters(String uri, Map<String, Object> parameters, String optionPrefix) {
        if (parameters.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>(getCamelContext()
                .getCamelContextExtension()
                .getEndpointUriFactory("llm")
                .propertyNames());
        known.remove("operation");
        String name = parameters.keySet().iterator().next();
        throw new ResolveEndpointFailedException(
                uri,
                "llm has no parameter '" + name + "'. "
                        + Nearest.remedy(name, known, "Its parameters are " + String.join(", ", known)));
    }
}
