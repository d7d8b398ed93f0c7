package io.github.camelllm.access;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Models;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * The step {@code validate}: lets through what a model can be asked, refuses everything else with the field, what is
 * wrong with it and what is allowed. Nothing that it refuses reaches what follows.
 *
 * <p>Looks up the models in Camel's registry, by type. May stand above or below {@link Authenticate}: whichever comes
 * second refuses the model that the key may not use.
 *
 * <pre>{@code
 * - name: validate
 *   type: io.github.camelllm.access.Validate
 *   properties:
 *     maxCharacters: "{{llm.validate.max-characters}}"
 * }</pre>
 */
public final class Validate extends Step {

    /** Noted on a call once its request has passed this step. */
    static final Object VALIDATED = new Object();

    private int maxCharacters = ValidateSettings.DEFAULTS.maxCharacters();
    private int maxOutputTokens = ValidateSettings.DEFAULTS.maxOutputTokens();
    private int maxChoices = ValidateSettings.DEFAULTS.maxChoices();
    private int maxInputs = ValidateSettings.DEFAULTS.maxInputs();
    private String contentTypes = String.join(",", ValidateSettings.DEFAULTS.contentTypes());
    private volatile Validator validator;

    /** Code points of all texts that the model reads; 1,000,000 where it is not set. */
    public void setMaxCharacters(int maxCharacters) {
        this.maxCharacters = maxCharacters;
    }

    /** The most that {@code max_tokens} and {@code max_completion_tokens} may ask for; 1,000,000 where it is not set. */
    public void setMaxOutputTokens(int maxOutputTokens) {
        this.maxOutputTokens = maxOutputTokens;
    }

    /** The most that {@code n} may ask for; 128 where it is not set. */
    public void setMaxChoices(int maxChoices) {
        this.maxChoices = maxChoices;
    }

    /** Texts or token arrays in one embeddings call; 2048 where it is not set. */
    public void setMaxInputs(int maxInputs) {
        this.maxInputs = maxInputs;
    }

    /** Types of content parts, comma-separated; {@code text,image_url,input_audio,file,refusal} where it is not set. */
    public void setContentTypes(String contentTypes) {
        this.contentTypes = contentTypes;
    }

    /**
     * @throws IllegalArgumentException when a property is out of its range
     * @throws IllegalStateException when the registry has no {@link Models}, or several
     */
    @Override
    protected void onStart(Route route) {
        Models models = route.getCamelContext().getRegistry().findSingleByType(Models.class);
        if (models == null) {
            throw new IllegalStateException(
                    "validate: expected exactly one bean of type " + Models.class.getName() + " in the registry");
        }
        validator = new Validator(
                new ValidateSettings(
                        maxCharacters, maxOutputTokens, maxChoices, maxInputs, ValidateSettings.types(contentTypes)),
                models);
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        validator.check(call);
        call.note(VALIDATED, true);
        Calls.publish(exchange, call);
        next.proceed();
    }
}
