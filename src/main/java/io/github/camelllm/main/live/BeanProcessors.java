package io.github.camelllm.main.live;

import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.apache.camel.support.CamelContextHelper;

/**
 * Makes processors as Camel does, but leaves the life of a bean that {@code process} refers to with the context: Camel stops it
 * with any route that it stands in, and it may stand in others, or in what replaces that route.
 */
final class BeanProcessors extends DefaultProcessorFactory {

    @Override
    public Processor createProcessor(Route route, NamedNode definition) throws Exception {
        if (definition instanceof ProcessDefinition process && process.getRef() != null) {
            CamelContext context = route.getCamelContext();
            String name = CamelContextHelper.parseText(context, process.getRef());
            Object bean = context.getRegistry().lookupByName(name);
            if (bean instanceof Processor processor && bean instanceof Service && bean == global(context, name)) {
                context.addService(bean, true, false); // once the context starts, or at once if it has
                return exchange -> processor.process(exchange);
            }
        }
        return super.createProcessor(route, definition);
    }

    /** The bean of a name that is not a single route's own. */
    private static Object global(CamelContext context, String name) {
        return context.getRegistry().findByTypeWithName(Object.class).get(name);
    }
}
