package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import io.github.camelllm.step.Chain;
import java.time.Duration;
import org.apache.camel.Exchange;

/**
 * A call that the cache may answer.
 *
 * @param rules as they were when it came
 * @param ttl how long its answer may be given again; positive
 */
record Asked(Call call, Exchange exchange, Chain next, Question question, CacheRules rules, Duration ttl) {}
