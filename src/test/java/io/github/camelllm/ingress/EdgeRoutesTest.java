package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.util.Collection;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.LifecycleStrategySupport;
import org.junit.jupiter.api.Test;

class EdgeRoutesTest {

    /** Serves nobody. */
    private static final class IdleConsumer extends DefaultConsumer implements PlatformHttpConsumer {
        IdleConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
            super(endpoint, processor);
        }

        @Override
        public PlatformHttpEndpoint getEndpoint() {
            return (PlatformHttpEndpoint) super.getEndpoint();
        }
    }

    /** Camel announces a route before it lists it; a request in between must not hide the route for good. */
    @Test
    void aRouteIsFoundThoughARequestCameWhileItWasAdded() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            PlatformHttpComponent component = context.getComponent("platform-http", PlatformHttpComponent.class);
            component.setEngine(IdleConsumer::new);
            context.start();
            EdgeRoutes edge = new EdgeRoutes(context);
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onRoutesAdd(Collection<Route> routes) {
                    edge.find("/late", HttpMethod.GET);
                }
            });

            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("platform-http:/late").routeId("late").log("late");
                }
            });
            assertThat(edge.find("/late", HttpMethod.GET)).isNotNull();

            context.getRouteController().stopRoute("late");
            context.removeRoute("late");
            assertThat(edge.find("/late", HttpMethod.GET)).isNull();
        }
    }
}
