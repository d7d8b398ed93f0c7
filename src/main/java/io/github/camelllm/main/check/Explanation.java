package io.github.camelllm.main.check;

import io.github.camelllm.config.Nearest;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ExpressionIllegalSyntaxException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.component.bean.MethodNotFoundException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.apache.camel.spi.EndpointUriFactory;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * An exception of Camel's, in words for whoever wrote the route.
 *
 * @param problem what is wrong
 * @param remedy what to do; empty when nothing more is known
 * @param line the line it is said to be on, from 1; 0 when none is
 * @param needles texts that stand in the route where the problem is, the best first
 */
record Explanation(String problem, String remedy, int line, List<String> needles) {

    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]");
    private static final Pattern NO_COMPONENT = Pattern.compile("No component found with scheme: (\\S+)");
    private static final Pattern CHILDLESS = Pattern.compile("Definition has no children on (\\w+)");
    private static final Pattern NO_STEPS = Pattern.compile("Route \\S+ has no output processors");
    private static final Pattern QUOTED = Pattern.compile("['\\[]([^'\\[\\]]{2,80})['\\]]");

    private static final String DECLARE = "Declare it under 'beans:'";

    /** Whether a bean is missing, whose name is the first of the needles. */
    boolean missingBean() {
        return remedy.equals(DECLARE);
    }

    private Explanation(String problem, String remedy, String... needles) {
        this(problem, remedy, 0, List.of(needles));
    }

    /**
     * Explains a failure by the cause in its chain that says most.
     *
     * @param context knows what there is besides what is missing; null when it does not matter
     */
    static Explanation of(Throwable failure, CamelContext context) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = failure; t != null && !chain.contains(t); t = t.getCause()) {
            chain.add(0, t);
        }
        for (Throwable cause : chain) {
            Explanation explanation = known(cause, context);
            if (explanation != null) {
                return explanation;
            }
        }
        return byMessage(chain.get(0));
    }

    private static Explanation known(Throwable cause, CamelContext context) {
        if (cause instanceof SimpleIllegalSyntaxException e) {
            String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            return new Explanation(
                    "the simple expression '" + e.getExpression() + "' cannot be read: "
                            + firstLine(e.getShortMessage()) + where,
                    "Check its function names, quotes and brackets",
                    e.getExpression());
        }
        if (cause instanceof ExpressionIllegalSyntaxException e) {
            return new Explanation(
                    "the expression '" + e.getExpression() + "' cannot be read: " + firstLine(e.getMessage()),
                    "",
                    e.getExpression());
        }
        if (cause instanceof MarkedYamlEngineException e) {
            return marked(e);
        }
        if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
            return noClass(cause.getMessage().replace('/', '.'));
        }
        if (cause instanceof NoSuchBeanException e && e.getName() != null) {
            return new Explanation(firstLine(e.getMessage()), DECLARE, e.getName(), "#" + e.getName());
        }
        if (cause instanceof MethodNotFoundException e) {
            return noMethod(e);
        }
        if (cause instanceof NoSuchLanguageException e) {
            return new Explanation(
                    "there is no language '" + e.getLanguage() + "'",
                    "Put camel-" + e.getLanguage() + " on the class path, or use simple",
                    e.getLanguage());
        }
        if (cause instanceof PropertyBindingException e && e.getPropertyName() != null) {
            return property(e);
        }
        if (cause instanceof NoSuchEndpointException e) {
            return noComponent(scheme(e.getUri()), e.getUri(), context);
        }
        if (cause instanceof ResolveEndpointFailedException e) {
            return endpoint(e, context);
        }
        return null;
    }

    /** There is no class of that name. */
    static Explanation noClass(String name) {
        return new Explanation(
                "there is no class " + name,
                "Check its spelling, or put the jar that holds it on the class path",
                name);
    }

    private static Explanation noMethod(MethodNotFoundException e) {
        Object bean = e.getBean();
        Class<?> type = bean instanceof Class<?> given ? given : bean == null ? Object.class : bean.getClass();
        Set<String> known = Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .map(Method::getName)
                .collect(Collectors.toSet());
        return new Explanation(
                (bean == null ? "the bean" : type.getSimpleName()) + " has no method '" + e.getMethodName() + "'",
                Nearest.remedy(e.getMethodName(), known, "Name one that is public"),
                e.getMethodName());
    }

    private static Explanation byMessage(Throwable root) {
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        Matcher childless = CHILDLESS.matcher(message);
        if (childless.find()) {
            String eip = Introspector.decapitalize(childless.group(1));
            return new Explanation("'" + eip + "' has nothing to act on", "Put steps below it");
        }
        if (NO_STEPS.matcher(message).find()) {
            return new Explanation("the route has no steps", "Put at least one below 'steps:'");
        }
        List<String> quoted = new ArrayList<>();
        Matcher matcher = QUOTED.matcher(message);
        while (matcher.find()) {
            quoted.add(matcher.group(1));
        }
        return new Explanation(firstLine(message), "", 0, quoted);
    }

    private static Explanation marked(MarkedYamlEngineException e) {
        int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
        if (line == 0) {
            return null;
        }
        return e.getProblem().contains("Unsupported type: SEQUENCE")
                ? new Explanation("a list cannot stand here", "Write its elements as one text: a,b", line, List.of())
                : new Explanation(firstLine(e.getProblem()), "", line, List.of());
    }

    private static Explanation property(PropertyBindingException e) {
        String name = e.getOptionKey() != null ? e.getOptionKey() : e.getPropertyName();
        String[] needles = {name, e.getPropertyName(), String.valueOf(e.getValue())};
        String bean =
                e.getTarget() == null ? "the bean" : e.getTarget().getClass().getSimpleName();
        String refusal = refusal(e);
        if (refusal != null) {
            return new Explanation(refusal, "", needles);
        }
        Setters setters = new Setters(e.getTarget());
        String wanted = setters.wanted(name);
        if (wanted != null) {
            return new Explanation(
                    "'" + name + "' of " + bean + " is '" + e.getValue() + "'", "It must be " + wanted, needles);
        }
        Set<String> known = setters.names();
        return new Explanation(
                bean + " has no property '" + name + "'",
                Nearest.remedy(name, known, known.isEmpty() ? "It has none" : "It has " + String.join(", ", known)),
                needles);
    }

    /** What the setter itself says against a value; null where it was not called, since the value is of another type. */
    private static String refusal(PropertyBindingException e) {
        if (!(e.getCause() instanceof IllegalArgumentException said) || said.getMessage() == null) {
            return null;
        }
        boolean called = Arrays.stream(said.getStackTrace())
                .anyMatch(at -> at.getMethodName().equalsIgnoreCase("set" + e.getPropertyName()));
        return called ? firstLine(said.getMessage()) : null;
    }

    private static Explanation endpoint(ResolveEndpointFailedException e, CamelContext context) {
        Matcher component = NO_COMPONENT.matcher(e.getMessage());
        if (component.find()) {
            return noComponent(component.group(1), e.getUri(), context);
        }
        String scheme = scheme(e.getUri());
        Matcher options = UNKNOWN_OPTIONS.matcher(e.getMessage());
        if (options.find()) {
            String option = options.group(1).replaceFirst("=.*", "");
            EndpointUriFactory factory =
                    context == null ? null : context.getCamelContextExtension().getEndpointUriFactory(scheme);
            Set<String> known = factory == null ? Set.of() : factory.propertyNames();
            return new Explanation(
                    "endpoint '" + scheme + "' has no option '" + option + "'",
                    Nearest.remedy(option, known, "Camel's documentation of the component " + scheme + " lists them"),
                    option,
                    option + "=",
                    e.getUri());
        }
        String reason = e.getMessage().replaceFirst("(?s)Failed to resolve endpoint: .*? due to: ", "");
        return new Explanation(
                "endpoint '" + e.getUri().replaceFirst("\\?.*", "") + "' cannot be made: " + firstLine(reason),
                "",
                0,
                uriNeedles(e.getUri()));
    }

    private static Explanation noComponent(String scheme, String uri, CamelContext context) {
        String jar = "put camel-" + scheme + " on the class path";
        return new Explanation(
                "there is no component '" + scheme + "'",
                Nearest.to(scheme, context == null ? Set.of() : context.getComponentNames())
                        .map(near -> "Did you mean '" + near + "'? Else " + jar)
                        .orElse("Check its spelling, or " + jar),
                0,
                uriNeedles(uri));
    }

    private static String scheme(String uri) {
        return uri.replaceFirst(":.*", "");
    }

    /** Camel writes URIs in a form of its own. */
    private static List<String> uriNeedles(String uri) {
        String bare = uri.replaceFirst("\\?.*", "");
        return List.of(uri, uri.replace("://", ":"), bare, bare.replace("://", ":"), scheme(uri), scheme(uri) + ":");
    }

    private static String firstLine(String message) {
        String line = message.strip().lines().findFirst().orElse("").strip();
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
