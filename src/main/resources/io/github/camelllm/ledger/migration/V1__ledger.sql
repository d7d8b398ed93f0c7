-- Read by H2 in PostgreSQL mode and by PostgreSQL alike.

-- One row for each attempt at a model that used tokens, numbered from 1; one with number 0 for a call that had none.
CREATE TABLE llm_ledger (
    call_id VARCHAR(64) NOT NULL,
    attempt INTEGER NOT NULL,
    received_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    operation VARCHAR(32) NOT NULL,
    key_id VARCHAR(256) NOT NULL,
    tenant VARCHAR(256) NOT NULL,
    user_id VARCHAR(256) NOT NULL,
    team VARCHAR(256) NOT NULL,
    tier VARCHAR(256) NOT NULL,
    model VARCHAR(256),
    provider VARCHAR(256),
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cached_input_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    estimated BOOLEAN NOT NULL,
    cost_usd NUMERIC(38, 20),
    status INTEGER NOT NULL,
    error_code VARCHAR(64),
    cache VARCHAR(32),
    degraded VARCHAR(32),
    CONSTRAINT llm_ledger_pk PRIMARY KEY (call_id, attempt)
);

CREATE INDEX llm_ledger_received_at ON llm_ledger (received_at);

-- One row: which ledger this is, so that a bookmark in a call log is not taken for another ledger's.
CREATE TABLE llm_ledger_identity (
    only_row INTEGER NOT NULL CONSTRAINT llm_ledger_identity_pk PRIMARY KEY,
    id VARCHAR(36) NOT NULL
);
