package io.github.camelllm.bench;

import java.util.Arrays;
import java.util.List;

/**
 * One order to the driver: a closed loop, in which each connection sends its next request once the last is answered.
 *
 * @param url the endpoint
 * @param model the model to ask for
 * @param script what the mock upstream is to do; written into the prompt
 * @param connections how many connections, all open before the first request is sent
 * @param millis for how long new requests are sent
 * @param pids the processes whose CPU time is to be told
 */
record Load(String url, String model, Script script, int connections, long millis, List<Long> pids) {

    Load(String url, String model, Script script, int connections, long millis, long... pids) {
        this(
                url,
                model,
                script,
                connections,
                millis,
                Arrays.stream(pids).boxed().toList());
    }
}
