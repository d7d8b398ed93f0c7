package io.github.camelllm.observe;

import io.github.camelllm.call.Models;
import org.apache.camel.CamelContext;

/** Keeps labels bounded: a model is called by its name in the catalogue, or by one of two words. */
final class ModelNames {

    /** No model was chosen. */
    static final String NONE = "none";
    /** The name is not, or no longer, in the catalogue. */
    static final String OTHER = "other";

    private final CamelContext context;
    private volatile Models models;

    ModelNames(CamelContext context) {
        this.context = context;
    }

    /** What a label calls the model of that name; null stands for no model. */
    String label(String name) {
        if (name == null) {
            return NONE;
        }
        Models catalogue = catalogue();
        return catalogue != null && catalogue.find(name).isPresent() ? name : OTHER;
    }

    /** The models that the routes stand for; null when no catalogue is bound. */
    Models catalogue() {
        Models found = models;
        if (found == null) {
            found = context.getRegistry().findSingleByType(Models.class);
            models = found;
        }
        return found;
    }
}
