package io.github.camelllm.main;

import static java.time.Duration.ZERO;

import java.time.Duration;
import java.util.List;

/** Every property the gateway knows. {@code config/application.properties} says the same, which a test sees to. */
final class SettingsTable {

    static final String HOST = "llm.http.host";
    static final String PORT = "llm.http.port";
    static final String MAX_BODY = "llm.http.max-body-bytes";
    static final String BODIES_HEAP = "llm.http.bodies-heap-percent";
    static final String HEADER_TIMEOUT = "llm.http.header-timeout";
    static final String BODY_TIMEOUT = "llm.http.body-timeout";
    static final String BODY_RATE = "llm.http.body-bytes-per-second";
    static final String KEEP_ALIVE_TIMEOUT = "llm.http.keep-alive-timeout";
    static final String CONNECTIONS = "llm.http.max-connections";
    static final String CONNECTIONS_PER_ADDRESS = "llm.http.max-connections-per-address";
    static final String WORKERS = "llm.http.workers";
    static final String CORS_ORIGINS = "llm.http.cors.origins";
    static final String CORS_CREDENTIALS = "llm.http.cors.credentials";
    static final String OPENAI_URL = "llm.openai.base-url";
    static final String ANTHROPIC_URL = "llm.anthropic.base-url";
    static final String GEMINI_URL = "llm.gemini.base-url";
    static final String KEYS_FILE = "llm.access.keys-file";
    static final String OPEN = "llm.access.open";
    static final String LIMITS_FILE = "llm.limits.file";
    static final String CACHE_FILE = "llm.cache.file";
    static final String PRIVACY_FILE = "llm.privacy.file";
    static final String PRIVACY_KEY = "llm.privacy.key";
    static final String INSPECT_FILE = "llm.inspect.file";
    static final String SEMANTIC_FILE = "llm.cache.semantic.file";
    static final String GUARD_FILE = "llm.guard.file";
    static final String STATIC_ANSWERS = "llm.degrade.static-answers";
    static final String PRICES_FILE = "llm.prices.file";
    static final String LEDGER = "llm.ledger.enabled";
    static final String LEDGER_URL = "llm.ledger.url";
    static final String LEDGER_USER = "llm.ledger.user";
    static final String LEDGER_PASSWORD = "llm.ledger.password";
    static final String LEDGER_ZONE = "llm.ledger.zone";
    static final String SHUTDOWN_TIMEOUT = "llm.shutdown.timeout";
    static final String FILES = "llm.files.enabled";
    static final String QUEUE = "llm.queue.enabled";

    private static final Duration HOUR = Duration.ofHours(1);

    static final List<Setting> ALL = List.of(
            new Setting(
                    HOST,
                    "127.0.0.1",
                    Kind.host(),
                    "The address to listen on. Beyond loopback it takes keys in keys.yaml, or llm.access.open=true."),
            new Setting(PORT, "8080", Kind.number(0, 65535), "The port to listen on; 0 takes any that is free."),
            new Setting(
                    MAX_BODY,
                    "20971520",
                    Kind.number(1024, Integer.MAX_VALUE),
                    "The largest request body, in bytes; a larger one is answered 413 before it is read."),
            new Setting(
                    BODIES_HEAP,
                    "40",
                    Kind.number(1, 90),
                    "The share of the heap that all bodies together may take, twelve bytes and more for one of theirs; beyond it 503."),
            new Setting(
                    HEADER_TIMEOUT,
                    "10s",
                    Kind.duration(Duration.ofMillis(100), HOUR),
                    "How long the head of a request may take to arrive, and the first one of a connection to begin."),
            new Setting(
                    BODY_TIMEOUT,
                    "30s",
                    Kind.duration(Duration.ofMillis(100), HOUR),
                    "How long a body may take to arrive, beside the time that the rate below gives it."),
            new Setting(
                    BODY_RATE,
                    "1024",
                    Kind.number(1, Integer.MAX_VALUE),
                    "A body may take a second longer for each so many bytes of it that have arrived."),
            new Setting(
                    KEEP_ALIVE_TIMEOUT,
                    "75s",
                    Kind.duration(Duration.ofMillis(100), HOUR),
                    "How long a connection may wait for its next request. Longer than in the load balancer in front."),
            new Setting(
                    CONNECTIONS,
                    "10000",
                    Kind.number(1, 10_000_000),
                    "The most connections at once; those beyond are answered 503 and closed."),
            new Setting(
                    CONNECTIONS_PER_ADDRESS,
                    "6000",
                    Kind.number(1, 10_000_000),
                    "The most from one client address. A load balancer in front is one address too."),
            new Setting(
                    WORKERS,
                    "256",
                    Kind.number(1, 10000),
                    "Calls handled at once on Java 17. From Java 21 on each call has a virtual thread and this is unused."),
            new Setting(
                    "llm.http.client-stall-timeout",
                    "60s",
                    Kind.duration(Duration.ofSeconds(1), HOUR),
                    "How long a client that stops reading its answer may block it before it is cut off."),
            new Setting(
                    CORS_ORIGINS,
                    "",
                    Kind.origins(),
                    "The origins whose web pages may read the gateway's answers (CORS); none by default."),
            new Setting(
                    CORS_CREDENTIALS,
                    "false",
                    Kind.flag(),
                    "true lets those pages send cookies too; keys in headers need no such permission."),
            new Setting(
                    KEYS_FILE,
                    "keys.yaml",
                    Kind.path(),
                    "The virtual keys, relative to this directory. Without the file no key is asked for, on loopback only."),
            new Setting(
                    OPEN,
                    "false",
                    Kind.flag(),
                    "true lets the gateway listen beyond loopback though no key is asked for."),
            new Setting(
                    OPENAI_URL,
                    "{{env:OPENAI_BASE_URL:https://api.openai.com/v1}}",
                    Kind.httpUrl("https://api.openai.com/v1", "/chat/completions"),
                    "Where the models of OpenAI's dialect are: OpenAI, vLLM, Ollama, OpenRouter, Azure."),
            new Setting(
                    "llm.openai.key",
                    "{{env:OPENAI_API_KEY:}}",
                    Kind.credential(),
                    "The key for it. Keep it out of this file: the environment is the place for secrets."),
            new Setting(
                    ANTHROPIC_URL,
                    "{{env:ANTHROPIC_BASE_URL:https://api.anthropic.com}}",
                    Kind.httpUrl("https://api.anthropic.com", "/v1/messages"),
                    "Where the models of Anthropic's dialect are."),
            new Setting(
                    "llm.anthropic.key",
                    "{{env:ANTHROPIC_API_KEY:}}",
                    Kind.credential(),
                    "The key for it. Keep it out of this file: the environment is the place for secrets."),
            new Setting(
                    GEMINI_URL,
                    "{{env:GEMINI_BASE_URL:https://generativelanguage.googleapis.com}}",
                    Kind.httpUrl("https://generativelanguage.googleapis.com", "/v1beta"),
                    "Where the models of Gemini's dialect are, without the version of the API."),
            new Setting(
                    "llm.gemini.key",
                    "{{env:GEMINI_API_KEY:}}",
                    Kind.credential(),
                    "The key for Gemini. Keep it out of this file as well."),
            new Setting(
                    "llm.models.unsupported",
                    "drop",
                    Kind.oneOf("drop", "refuse"),
                    "What becomes of parameters such as temperature or seed that a model has no such thing for."),
            new Setting(
                    "llm.http-client.http-proxy",
                    "{{env:HTTP_PROXY:}}",
                    Kind.proxy(),
                    "The proxy for http: addresses of models and other endpoints. Empty: http_proxy of the environment."),
            new Setting(
                    "llm.http-client.https-proxy",
                    "{{env:HTTPS_PROXY:}}",
                    Kind.proxy(),
                    "The same for https: addresses, through a tunnel (CONNECT). Empty: https_proxy of the environment."),
            new Setting(
                    "llm.http-client.no-proxy",
                    "{{env:NO_PROXY:}}",
                    Kind.noProxy(),
                    "What is asked without a proxy: hosts with all below them, addresses, 10.0.0.0/8, * for all; commas between."),
            new Setting(
                    "llm.http-client.ca-file",
                    "{{env:SSL_CERT_FILE:}}",
                    Kind.fileOrNothing(),
                    "Authorities that are trusted beside those of the JDK: certificates in PEM, such as a company's own."),
            new Setting(
                    "llm.http-client.trust-store",
                    "",
                    Kind.fileOrNothing(),
                    "The same from a trust store of Java (docs/network.md)."),
            new Setting(
                    "llm.http-client.trust-store-password",
                    "",
                    Kind.credential(),
                    "Its password. Keep it out of this file: set LLM_HTTP_CLIENT_TRUST_STORE_PASSWORD."),
            new Setting(
                    "llm.http-client.trust-store-type",
                    "",
                    Kind.nameOrNothing(),
                    "Its type, such as PKCS12 or JKS; empty finds out."),
            new Setting(
                    "llm.validate.max-characters",
                    "1000000",
                    Kind.number(1, 100_000_000),
                    "The most characters that the texts of one request may hold together."),
            new Setting(
                    PRIVACY_FILE,
                    "privacy.yaml",
                    Kind.path(),
                    "What is personal or secret, and what is done with it, relative to this directory. Read again when it changes."),
            new Setting(
                    PRIVACY_KEY,
                    "",
                    Kind.credential(),
                    "The secret that values are hashed with, if privacy.yaml says so. Keep it out of this file: set LLM_PRIVACY_KEY."),
            new Setting(
                    GUARD_FILE,
                    "guard.yaml",
                    Kind.path(),
                    "What prompt injections look like, relative to this directory. Read again when it changes."),
            new Setting(
                    "llm.guard.users",
                    "flag",
                    Kind.oneOf("flag", "sanitise", "block", "off"),
                    "What becomes of what users say when it looks like one (docs/guard.md). For single tenants: tenants in guard.yaml."),
            new Setting(
                    "llm.guard.data",
                    "flag",
                    Kind.oneOf("flag", "sanitise", "block", "off"),
                    "The same for what tools have given and documents hold. sanitise rewrites them."),
            new Setting(
                    "llm.guard.special-tokens",
                    "users",
                    Kind.oneOf("users", "all", "off"),
                    "Whose tokens of chat templates (<|im_start|>) are broken up by a space; all: those in what tools and documents hold, too."),
            new Setting(
                    INSPECT_FILE,
                    "inspect.yaml",
                    Kind.path(),
                    "What answers are checked for, relative to this directory. Read again when it changes."),
            new Setting(
                    "llm.inspect.moderation",
                    "",
                    Kind.endpoint(),
                    "The Camel endpoint of a moderation model in OpenAI's words; empty for none."),
            new Setting(
                    "llm.inspect.moderation-key",
                    "",
                    Kind.credential(),
                    "The key for it. Keep it out of this file: set LLM_INSPECT_MODERATION_KEY."),
            new Setting(
                    LIMITS_FILE,
                    "limits.yaml",
                    Kind.path(),
                    "Who may use how much, relative to this directory. Read again when it changes."),
            new Setting(
                    "llm.idempotency.ttl",
                    "24h",
                    Kind.duration(Duration.ofMinutes(1), Duration.ofDays(30)),
                    "How long the answer to a request with an Idempotency-Key is kept for repetitions of it."),
            new Setting(
                    CACHE_FILE,
                    "cache.yaml",
                    Kind.path(),
                    "What answers may be cached, relative to this directory. Read again when it changes."),
            new Setting(
                    "llm.cache.tiers",
                    "exact",
                    Kind.tiers(),
                    "How a cached answer is found, in this order: exact, normalised. off switches the cache off."),
            new Setting("llm.cache.max-size", "64 MB", Kind.size(), "The memory for all cached answers together."),
            new Setting(
                    "llm.cache.store",
                    "",
                    Kind.store(),
                    "Where gateways share answers: nothing for the Redis of llm.store, memory for nowhere, or another Redis."),
            new Setting(
                    "llm.cache.store-timeout",
                    "50ms",
                    Kind.duration(Duration.ofMillis(5), Duration.ofSeconds(1)),
                    "How long a call waits for that Redis while it is silent; while it answers others, 1s at most."),
            new Setting(
                    SEMANTIC_FILE,
                    "semantic.yaml",
                    Kind.path(),
                    "Thresholds and words of the tier semantic, relative to this directory. Read again when it changes."),
            new Setting(
                    STATIC_ANSWERS,
                    "static-answers.yaml",
                    Kind.path(),
                    "Answers to known questions, relative to this directory, for when no model answers."),
            new Setting(
                    "llm.degrade.on",
                    "false",
                    Kind.flag(),
                    "true asks no model and gives stale and static answers alone, until it is switched off (JMX)."),
            new Setting(
                    PRICES_FILE,
                    "prices.json",
                    Kind.path(),
                    "What models cost, relative to this directory; LiteLLM's price list will do. Read anew when it changes."),
            new Setting(
                    "llm.simulator.first-token-delay",
                    "0s",
                    Kind.duration(ZERO, HOUR),
                    "How long the built-in simulator waits before its answer."),
            new Setting(
                    "llm.simulator.event-delay",
                    "0s",
                    Kind.duration(ZERO, HOUR),
                    "How long the simulator waits between two events of a stream."),
            new Setting(
                    "llm.health.degraded-p95",
                    "10s",
                    Kind.duration(Duration.ofMillis(1), HOUR),
                    "/health says degraded once a model's 95th percentile of latency is beyond this."),
            new Setting(
                    "llm.probe.enabled",
                    "false",
                    Kind.flag(),
                    "true asks models that are not healthy for one token now and then (routes/probe.camel.yaml)."),
            new Setting("llm.probe.interval", "10s", Kind.duration(Duration.ofMillis(100), HOUR), "How often it does."),
            new Setting(
                    "llm.store",
                    "",
                    Kind.store(),
                    "Where limits are counted: in memory, or in a Redis that all gateways share. Set LLM_STORE for a password."),
            new Setting(
                    "llm.store.when-down",
                    "local",
                    Kind.oneOf("local", "allow", "deny"),
                    "While Redis is away: each gateway counts up to its share of each limit, calls pass, or they are refused."),
            new Setting(
                    "llm.store.instances",
                    "1",
                    Kind.number(1, 10_000),
                    "How many gateways there are, for their shares of limits while Redis is away."),
            new Setting(
                    "llm.store.lease",
                    "60s",
                    Kind.duration(Duration.ofSeconds(1), HOUR),
                    "After what time Redis gives back what a gateway that has died had reserved."),
            new Setting(
                    SHUTDOWN_TIMEOUT,
                    "30s",
                    Kind.duration(ZERO, HOUR),
                    "How long calls under way may go on at a stop. Whatever kills it later should wait 15 s longer."),
            new Setting(
                    "llm.logs",
                    "logs",
                    Kind.path(),
                    "The directory of calls.jsonl; like every relative path below, from where the gateway is started."),
            new Setting(
                    "llm.calls.size",
                    "100 MB",
                    Kind.size(),
                    "calls.jsonl is rotated once it is that large, and each day."),
            new Setting("llm.calls.files", "14", Kind.number(1, 10000), "How many rotated files are kept."),
            new Setting(
                    "llm.log.level",
                    "info",
                    Kind.oneOf("trace", "debug", "info", "warn", "error", "off"),
                    "How much the gateway says on stderr."),
            new Setting(
                    "llm.log.format",
                    "text",
                    Kind.oneOf("text", "json"),
                    "How it says it: text, or json (Elastic Common Schema)."),
            new Setting(
                    LEDGER,
                    "true",
                    Kind.flag(),
                    "true keeps in SQL what each call used and cost, for bin/gateway report."),
            new Setting(
                    LEDGER_URL,
                    "",
                    Kind.ledgerUrl(),
                    "Where: an H2 file or a PostgreSQL database. Empty is the H2 file data/ledger."),
            new Setting(LEDGER_USER, "", Kind.credential(), "The user at the database; not needed for H2."),
            new Setting(
                    LEDGER_PASSWORD,
                    "",
                    Kind.credential(),
                    "The password at the database. Keep it out of this file: set LLM_LEDGER_PASSWORD."),
            new Setting(
                    "llm.ledger.keep", "0", Kind.number(0, 100_000), "How many days a call is kept; 0 is for ever."),
            new Setting(LEDGER_ZONE, "UTC", Kind.zone(), "The time zone of the days in bin/gateway report."),
            new Setting(
                    FILES,
                    "false",
                    Kind.flag(),
                    "true answers the requests that are dropped as files into the inbox (routes/files.camel.yaml)."),
            new Setting("llm.files.inbox", "inbox", Kind.path(), "Where requests are dropped."),
            new Setting("llm.files.outbox", "outbox", Kind.path(), "Where their answers are put."),
            new Setting("llm.files.done", "done", Kind.path(), "Where answered requests are moved to."),
            new Setting(
                    "llm.files.failed",
                    "failed",
                    Kind.path(),
                    "Where requests that failed are moved to, each with its error beside it."),
            new Setting("llm.files.parallel", "4", Kind.number(1, 1000), "How many files are answered at once."),
            new Setting(
                    "llm.files.settle",
                    "1s",
                    Kind.duration(ZERO, HOUR),
                    "How long a file must not have changed before it counts as whole."),
            new Setting(
                    "llm.files.max-bytes",
                    "20971520",
                    Kind.number(1024, Integer.MAX_VALUE),
                    "The largest file that is read, in bytes."),
            new Setting(
                    "llm.files.key-id",
                    "",
                    Kind.nameOrNothing(),
                    "The id of the virtual key that files are answered for."),
            new Setting(
                    QUEUE,
                    "false",
                    Kind.flag(),
                    "true answers the requests that come in on a queue (routes/queue.camel.yaml)."),
            new Setting(
                    "llm.queue.broker-url",
                    "",
                    Kind.urlOrNothing(),
                    "The broker. Empty starts one inside the gateway, which keeps its messages in llm.queue.data."),
            new Setting("llm.queue.data", "data/broker", Kind.path(), "Where the broker inside keeps its messages."),
            new Setting(
                    "llm.queue.port",
                    "61616",
                    Kind.number(0, 65535),
                    "Where the broker inside listens, on 127.0.0.1 alone; 0 takes any port that is free."),
            new Setting(
                    "llm.queue.user",
                    "",
                    Kind.nameOrNothing(),
                    "The user name at the broker. With one, the broker inside asks its clients for it and the password."),
            new Setting(
                    "llm.queue.password",
                    "",
                    Kind.credential(),
                    "The password at the broker. Keep it out of this file: set LLM_QUEUE_PASSWORD."),
            new Setting("llm.queue.request", "llm.requests", Kind.name(), "The queue that requests come in on."),
            new Setting(
                    "llm.queue.answer",
                    "llm.answers",
                    Kind.name(),
                    "The queue that answers go to when a request names none to reply to."),
            new Setting(
                    "llm.queue.consumers",
                    "4",
                    Kind.number(1, 1000),
                    "How many requests of the queue are answered at once."),
            new Setting(
                    "llm.queue.max-bytes",
                    "20971520",
                    Kind.number(1024, Integer.MAX_VALUE),
                    "The largest message that is answered otherwise than by an error, in bytes."),
            new Setting(
                    "llm.queue.key-id",
                    "",
                    Kind.nameOrNothing(),
                    "The id of the virtual key that requests of the queue are answered for."));

    private SettingsTable() {}
}
