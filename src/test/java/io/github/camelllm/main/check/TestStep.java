package io.github.camelllm.main.check;

import io.github.camelllm.call.Call;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.time.Duration;
import org.apache.camel.Exchange;

/** A step for route files that are checked and never run. */
public final class TestStep extends Step {

    private String name;
    private Duration patience;
    private String next;

    public void setName(String name) {
        this.name = name;
    }

    public void setMood(String mood) {
        if (!mood.equals("calm")) {
            throw new IllegalArgumentException("mood is '" + mood + "'; calm is allowed");
        }
    }

    public void setPatience(Duration patience) {
        this.patience = patience;
    }

    public void setNext(String next) {
        this.next = next;
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain chain) {
        throw new IllegalStateException(name + " was run, within " + patience + ", before " + next);
    }
}
