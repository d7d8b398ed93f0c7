package io.github.camelllm.component;

import java.util.Map;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** How an {@code llm:} endpoint calls; null of what is left open. */
@UriParams
public class LlmConfiguration {

    @UriParam(
            label = "producer",
            description =
                    "The model that answers, or an alias such as auto, fast or smart, which stands for several. Without it"
                            + " the model that the body names answers, or else the component's, or else auto.")
    private String model;

    @UriParam(
            label = "producer",
            defaultValueNote = "llm-chat or llm-embeddings",
            description = "The chain that answers: the name of a direct endpoint that a route begins with.")
    private String chain;

    @UriParam(
            label = "producer",
            enums = "text,json,stream",
            description =
                    "What the answer becomes. text: a String, what the model says. json: the whole completion. stream:"
                            + " events as they come, which can be written to HTTP or a file, or split. Without it a text is answered by a"
                            + " text, a Map by a Map, a JsonNode by a JsonNode, other JSON by JSON, and a request with stream: true by a"
                            + " stream.")
    private String result;

    @UriParam(
            label = "producer",
            description = "The kind of task, such as code, by which the chain may choose models (X-LLM-Task).")
    private String task;

    @UriParam(
            label = "producer",
            description = "The quality wanted, by which the chain may choose models (X-LLM-Quality).")
    private String quality;

    @UriParam(
            label = "producer",
            javaType = "java.time.Duration",
            description =
                    "How long the call may take with all its attempts, as milliseconds or such as 30s. The chain may allow"
                            + " less, never more.")
    private long timeout;

    @UriParam(
            label = "prompt",
            description =
                    "The system text: what comes before all messages. Simple expressions in it are evaluated; With resource:classpath: or"
                            + " resource:file: before a path the text is read from there.")
    @Metadata(largeInput = true, supportFileReference = true, inputLanguage = "simple")
    private String system;

    @UriParam(
            label = "prompt",
            description =
                    "The template of the prompt. With classpath: or file: a text in Simple is read from there, evaluated with"
                            + " body, headers and variables of the message, and sent as the user's message. Any other name, with"
                            + " its version if it has one, tells records and the cache of which template the prompt is, and no more"
                            + " (X-LLM-Template).")
    private String template;

    @UriParam(
            label = "prompt",
            prefix = "variables.",
            multiValue = true,
            javaType = "java.util.Map<java.lang.String, java.lang.Object>",
            description = "Values for the template and the system text, which have them as exchange variables:"
                    + " variables.tone=formal is ${variable.tone}.")
    private Map<String, Object> variables;

    @UriParam(
            label = "prompt",
            description = "How varied answers are: 0 to 2. It takes the place of what the body says.")
    private Double temperature;

    @UriParam(
            label = "prompt",
            description = "The longest answer in tokens: 1 or more. It takes the place of what the body says.")
    private Integer maxTokens;

    @UriParam(
            label = "prompt",
            enums = "no-cache,no-store",
            description =
                    "What the cache is told: no-cache asks a model whatever is kept, no-store keeps nothing and gives nothing"
                            + " that is kept (X-LLM-Cache).")
    private String cache;

    @UriParam(
            label = "prompt",
            description = "Words to find the answer by in the cache, separated by commas: up to 10 (X-LLM-Tags).")
    private String tags;

    @UriParam(
            label = "security",
            description =
                    "The id of a key in the keys file on whose behalf the route calls: its limits, budgets and models"
                            + " count. Never taken from a header.")
    private String keyId;

    @UriParam(
            label = "security",
            secret = true,
            description =
                    "A virtual key to call with, as a client would send it. Without it, and without keyId, that of the message"
                            + " counts (Authorization or x-api-key).")
    private String apiKey;

    @UriParam(
            label = "security",
            description = "The user to speak for (X-LLM-User). Believed only of a key that may speak for others.")
    private String user;

    @UriParam(
            label = "security",
            description = "The team to speak for (X-LLM-Team). Believed only of a key that may speak for others.")
    private String team;

    public String getModel() {
        return model;
    }

    public void setModel(String model) {
        this.model = model;
    }

    public String getChain() {
        return chain;
    }

    public void setChain(String chain) {
        this.chain = chain;
    }

    public String getResult() {
        return result;
    }

    public void setResult(String result) {
        this.result = result;
    }

    public String getTask() {
        return task;
    }

    public void setTask(String task) {
        this.task = task;
    }

    public String getQuality() {
        return quality;
    }

    public void setQuality(String quality) {
        this.quality = quality;
    }

    /** Milliseconds; 0 where nothing is said. */
    public long getTimeout() {
        return timeout;
    }

    public void setTimeout(long timeout) {
        this.timeout = timeout;
    }

    public String getSystem() {
        return system;
    }

    public void setSystem(String system) {
        this.system = system;
    }

    public String getTemplate() {
        return template;
    }

    public void setTemplate(String template) {
        this.template = template;
    }

    public Map<String, Object> getVariables() {
        return variables;
    }

    public void setVariables(Map<String, Object> variables) {
        this.variables = variables;
    }

    public Double getTemperature() {
        return temperature;
    }

    public void setTemperature(Double temperature) {
        this.temperature = temperature;
    }

    public Integer getMaxTokens() {
        return maxTokens;
    }

    public void setMaxTokens(Integer maxTokens) {
        this.maxTokens = maxTokens;
    }

    public String getCache() {
        return cache;
    }

    public void setCache(String cache) {
        this.cache = cache;
    }

    public String getTags() {
        return tags;
    }

    public void setTags(String tags) {
        this.tags = tags;
    }

    public String getKeyId() {
        return keyId;
    }

    public void setKeyId(String keyId) {
        this.keyId = keyId;
    }

    public String getApiKey() {
        return apiKey;
    }

    public void setApiKey(String apiKey) {
        this.apiKey = apiKey;
    }

    public String getUser() {
        return user;
    }

    public void setUser(String user) {
        this.user = user;
    }

    public String getTeam() {
        return team;
    }

    public void setTeam(String team) {
        this.team = team;
    }
}
