package io.github.camelllm.inspect;

/** What is done about a finding in an answer, the mildest first. */
enum Action {
    /** Nothing: it is not even looked for. */
    LEAVE,
    /** It is noted in the call's record and counted. */
    FLAG,
    /** It is noted, and taken out of the answer. */
    CHANGE,
    /** It is noted, and the answer is withheld, or ends there. */
    BLOCK;

    /** Whether the answer is not left as it came. */
    boolean acts() {
        return this == CHANGE || this == BLOCK;
    }
}
