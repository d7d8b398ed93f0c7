package io.github.camelllm.component;

import io.github.camelllm.call.Operation;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.ResourceHelper;

/** The texts of an endpoint: its template and its system text, read once and evaluated for each message. */
final class Prompt {

    private final LlmConfiguration own;
    private final LlmConfiguration defaults;
    private final Operation operation;
    private final Expression template;
    private final Expression ownSystem;
    private final Expression defaultSystem;

    /** @throws IllegalArgumentException when a resource is not there, or no Simple, naming the parameter */
    Prompt(CamelContext context, LlmEndpoint endpoint) {
        own = endpoint.getConfiguration();
        defaults = endpoint.defaults();
        operation = endpoint.operation();
        String named = own.getTemplate() != null ? own.getTemplate() : defaults.getTemplate();
        template = isResource(named) ? expression(context, "template", "resource:" + named) : null;
        ownSystem = expression(context, "system", own.getSystem());
        defaultSystem = operation == Operation.CHAT ? expression(context, "system", defaults.getSystem()) : null;
    }

    private static boolean isResource(String template) {
        return template != null && (template.startsWith("classpath:") || template.startsWith("file:"));
    }

    private static Expression expression(CamelContext context, String name, String text) {
        if (text == null) {
            return null;
        }
        try {
            if (text.startsWith("resource:")) {
                ResourceHelper.resolveMandatoryResourceAsInputStream(context, text.substring("resource:".length()))
                        .close();
            }
            Expression expression = context.resolveLanguage("simple").createExpression(text);
            expression.init(context);
            return expression;
        } catch (Exception e) {
            throw new IllegalArgumentException(
                    name + " is '" + text.replaceFirst("^resource:", "") + "': " + e.getMessage(), e);
        }
    }

    /** What is asked: the template's text, or else the body. A list of texts is the input of a call for embeddings. */
    Object body(Exchange exchange) {
        if (template != null) {
            return evaluate(exchange, template);
        }
        Object body = exchange.getMessage().getBody();
        return operation == Operation.EMBEDDINGS
                        && body instanceof Collection<?> texts
                        && !texts.isEmpty()
                        && texts.stream().allMatch(String.class::isInstance)
                ? Map.of("input", texts)
                : body;
    }

    /** The system text; null for none. */
    String system(Exchange exchange) {
        String said =
                operation == Operation.CHAT ? exchange.getMessage().getHeader(LlmConstants.SYSTEM, String.class) : null;
        if (said != null && !said.isBlank()) {
            return said;
        }
        Expression system = ownSystem != null ? ownSystem : defaultSystem;
        return system == null ? null : evaluate(exchange, system);
    }

    /** Whether nobody but the component has said it. */
    boolean isDefaultSystem(Exchange exchange) {
        return ownSystem == null && exchange.getMessage().getHeader(LlmConstants.SYSTEM) == null;
    }

    private String evaluate(Exchange exchange, Expression expression) {
        Map<String, Object> variables = new HashMap<>();
        if (defaults.getVariables() != null) {
            variables.putAll(defaults.getVariables());
        }
        if (own.getVariables() != null) {
            variables.putAll(own.getVariables());
        }
        Map<String, Object> before = new HashMap<>();
        variables.forEach((name, value) -> {
            before.put(name, exchange.getVariable(name));
            exchange.setVariable(name, value);
        });
        try {
            return expression.evaluate(exchange, String.class);
        } finally {
            before.forEach((name, value) -> {
                if (value == null) {
                    exchange.removeVariable(name);
                } else {
                    exchange.setVariable(name, value);
                }
            });
        }
    }
}
