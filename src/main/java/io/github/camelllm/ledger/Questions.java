package io.github.camelllm.ledger;

import io.github.camelllm.call.SpentBefore.Spent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What others want to know of the ledger, until its thread has time for them. Thread-safe. */
final class Questions {

    /** What is asked of the database. */
    @FunctionalInterface
    interface Question {
        List<Spent> answer(Connection connection) throws SQLException;
    }

    private record Asked(Question question, CompletableFuture<List<Spent>> answer) {}

    private final Queue<Asked> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** Notes a question; where no more are answered it fails at once. */
    CompletionStage<List<Spent>> ask(Question question) {
        CompletableFuture<List<Spent>> answer = new CompletableFuture<>();
        waiting.add(new Asked(question, answer));
        if (closed) {
            refuse();
        }
        return answer;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Answers the first one, if there is any.
     *
     * @return whether there was
     * @throws SQLException when the connection is broken; the question waits on
     */
    boolean answer(Connection connection) throws SQLException {
        Asked first = waiting.peek();
        if (first == null) {
            return false;
        }
        try {
            List<Spent> spent = first.question().answer(connection);
            // What others do with it is not for this thread to wait for.
            CompletableFuture.runAsync(() -> first.answer().complete(spent));
        } catch (SQLException e) {
            if (!connection.isValid(5)) {
                throw e;
            }
            first.answer().completeExceptionally(e);
        }
        waiting.remove(first);
        return true;
    }

    /** Answers no more. */
    void close() {
        closed = true;
        refuse();
    }

    private void refuse() {
        for (Asked left = waiting.poll(); left != null; left = waiting.poll()) {
            left.answer().completeExceptionally(new IllegalStateException("the ledger is closed"));
        }
    }
}
