package io.github.camelllm.component;

import org.apache.camel.spi.Metadata;

/**
 * The headers of {@code llm:} endpoints. Those that say how to call stand for the parameter of that name; none of them has the
 * name of one that tells of a call, so that a second call of a route is not steered by the first.
 */
public final class LlmConstants {

    @Metadata(
            label = "producer",
            description = "The model or alias to ask, instead of the parameter model.",
            javaType = "String")
    public static final String REQUEST_MODEL = "CamelLlmRequestModel";

    @Metadata(
            label = "producer",
            description = "What the answer becomes, instead of the parameter result: text, json or stream.",
            javaType = "String")
    public static final String RESULT = "CamelLlmResult";

    @Metadata(label = "producer", description = "The kind of task, instead of the parameter task.", javaType = "String")
    public static final String TASK = "CamelLlmTask";

    @Metadata(
            label = "producer",
            description = "The quality wanted, instead of the parameter quality.",
            javaType = "String")
    public static final String QUALITY = "CamelLlmQuality";

    @Metadata(
            label = "producer",
            description =
                    "The system text, instead of the parameter system. It is taken as it is: no expression in it is evaluated.",
            javaType = "String")
    public static final String SYSTEM = "CamelLlmSystem";

    @Metadata(
            label = "producer",
            description = "The name of the prompt's template for records and limits, instead of the parameter template."
                    + " A header names no resource.",
            javaType = "String")
    public static final String TEMPLATE = "CamelLlmTemplate";

    @Metadata(label = "producer", description = "The tags, instead of the parameter tags.", javaType = "String")
    public static final String TAGS = "CamelLlmTags";

    @Metadata(
            label = "producer",
            description = "What the cache is told, instead of the parameter cache: no-cache or no-store.",
            javaType = "String")
    public static final String CACHE_CONTROL = "CamelLlmCacheControl";

    @Metadata(
            label = "producer",
            description =
                    "The user to speak for, instead of the parameter user. Believed only of a key that may speak for others.",
            javaType = "String")
    public static final String USER = "CamelLlmUser";

    @Metadata(
            label = "producer",
            description =
                    "The team to speak for, instead of the parameter team. Believed only of a key that may speak for others.",
            javaType = "String")
    public static final String TEAM = "CamelLlmTeam";

    @Metadata(
            label = "producer",
            description = "The temperature, instead of the parameter temperature.",
            javaType = "Double")
    public static final String TEMPERATURE = "CamelLlmTemperature";

    @Metadata(
            label = "producer",
            description = "The longest answer in tokens, instead of the parameter maxTokens.",
            javaType = "Integer")
    public static final String MAX_TOKENS = "CamelLlmMaxTokens";

    @Metadata(
            label = "producer",
            description = "How long the call may take, in milliseconds, instead of the parameter timeout.",
            javaType = "Long")
    public static final String TIMEOUT = "CamelLlmTimeout";

    @Metadata(description = "The id of the call, as records and logs have it.", javaType = "String")
    public static final String REQUEST_ID = "CamelLlmRequestId";

    @Metadata(description = "The model that has answered.", javaType = "String")
    public static final String MODEL = "CamelLlmModel";

    @Metadata(description = "The provider of the model that has answered.", javaType = "String")
    public static final String PROVIDER = "CamelLlmProvider";

    @Metadata(description = "What the cache has said: hit, semantic, stale, miss or bypass.", javaType = "String")
    public static final String CACHE = "CamelLlmCache";

    @Metadata(description = "How many times models were asked.", javaType = "Integer")
    public static final String ATTEMPTS = "CamelLlmAttempts";

    @Metadata(
            description = "Tokens of the prompt. Absent for a stream, whose usage is known at its end alone.",
            javaType = "Long")
    public static final String INPUT_TOKENS = "CamelLlmInputTokens";

    @Metadata(
            description = "Tokens of the completion. Absent for a stream, whose usage is known at its end alone.",
            javaType = "Long")
    public static final String OUTPUT_TOKENS = "CamelLlmOutputTokens";

    @Metadata(
            description =
                    "What the call has cost in dollars. Absent where it is not known, as of a stream or a model without price.",
            javaType = "java.math.BigDecimal")
    public static final String COST_USD = "CamelLlmCostUsd";

    @Metadata(description = "Why the model stopped: stop, length, tool_calls or content_filter.", javaType = "String")
    public static final String FINISH_REASON = "CamelLlmFinishReason";

    @Metadata(
            description = "The code of the error that the call has failed with, such as budget_exceeded.",
            javaType = "String")
    public static final String ERROR_CODE = "CamelLlmErrorCode";

    @Metadata(description = "The HTTP status that belongs to that error.", javaType = "Integer")
    public static final String ERROR_STATUS = "CamelLlmErrorStatus";

    private LlmConstants() {}
}
