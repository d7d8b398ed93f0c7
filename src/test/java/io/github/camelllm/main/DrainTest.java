package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {

    @Test
    void takesNoMoreFilesButLetsRoutesCallEachOther(@TempDir Path inbox) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("file:" + inbox).routeId("files").to("direct:inside");
                    from("direct:inside").routeId("inside").setBody().constant("answered");
                }
            });
            context.start();

            Drain.closeTriggers(context);

            assertThat(consumer(context, "files").isSuspended()).isTrue();
            assertThat(consumer(context, "inside").isStarted()).isTrue();
            assertThat(context.createProducerTemplate().requestBody("direct:inside", "asked", String.class))
                    .isEqualTo("answered");
        }
    }

    private static ServiceSupport consumer(DefaultCamelContext context, String routeId) {
        return (ServiceSupport) context.getRoute(routeId).getConsumer();
    }
}
