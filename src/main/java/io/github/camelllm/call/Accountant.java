package io.github.camelllm.call;

/** Keeps account of calls that no client has made, as of those that clients have: what they used, cost and came to. */
@FunctionalInterface
public interface Accountant {

    /** Keeps no account. */
    Accountant NONE = (call, work) -> work.run();

    /**
     * Does all the work of a call, and tells of its end.
     *
     * @throws Exception what the work has thrown
     */
    void account(Call call, Work work) throws Exception;

    /** What a call comes to. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }
}
