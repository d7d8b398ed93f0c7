package io.github.camelllm.main.check;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.service.ServiceHelper;

/**
 * A Camel context that routes are built in but never started, each by itself, so that one that fails does not hide the
 * next. Beans are made, their {@code initMethod} is not called; endpoints are made, consumers are not.
 */
final class ScratchContext extends DefaultCamelContext {

    private final Map<RouteDefinition, Exception> failures = new IdentityHashMap<>();

    ScratchContext() {
        super(false);
        disableJMX();
        setStartupSummaryLevel(StartupSummaryLevel.Off);
        getCamelContextExtension().setRegistry(new Quiet());
        getCamelContextExtension().setName("check");
    }

    /** Builds every route that was added, and tells of each that cannot be. */
    void buildRoutes(BiConsumer<RouteDefinition, Exception> failed) {
        init();
        failures.forEach(failed);
    }

    @Override
    public void startRouteDefinitions(List<RouteDefinition> definitions) {
        for (RouteDefinition definition : definitions) {
            try {
                super.startRouteDefinitions(List.of(definition));
            } catch (Exception e) {
                failures.put(definition, e);
            }
        }
    }

    /** Stops short of what makes a consumer. */
    @Override
    public void startRouteService(RouteService service, boolean addingRoutes) {
        ServiceHelper.initService(service.getRoute().getProcessor());
    }

    /** Keeps beans from opening anything. */
    private static final class Quiet extends DefaultRegistry {
        @Override
        public void bind(String id, Class<?> type, Object bean, String initMethod, String destroyMethod) {
            super.bind(id, type, bean, null, null);
        }

        @Override
        public void bind(String id, Class<?> type, Supplier<Object> bean, String initMethod, String destroyMethod) {
            super.bind(id, type, bean, null, null);
        }
    }
}
