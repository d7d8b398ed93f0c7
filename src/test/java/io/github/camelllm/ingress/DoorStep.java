package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CredentialCheck;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;

/** A step of tests that lets those in who know a word, or for whom the exchange vouches by {@code llm.keyId}. */
public final class DoorStep extends Step implements CredentialCheck {

    static final Set<String> WORDS = ConcurrentHashMap.newKeySet();

    @Override
    public boolean accepts(String credential) {
        return credential != null && WORDS.contains(credential);
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        if (!accepts(call.credential()) && exchange.getProperty("llm.keyId") == null) {
            throw Problem.of(ErrorCode.INVALID_API_KEY, "not you");
        }
        next.proceed();
    }
}
