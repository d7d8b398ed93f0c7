package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import io.github.camelllm.call.PartialJson;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The content blocks of a streamed message, sent one after the other: one is open and goes on at once, those begun behind it
 * wait. It is closed when another has begun and it is over: a tool call with the end of its arguments, anything else at once.
 * A tool call opens when its id and name are known.
 */
final class AnthropicBlockQueue {

    private final Consumer<ObjectNode> client;
    private final Deque<Block> blocks = new ArrayDeque<>();
    private int index = -1;
    private boolean ending;

    /** One block, with what is still to be sent of it. */
    static class Block {
        private final String kind;
        private final List<ObjectNode> waiting = new ArrayList<>();
        private boolean open;
        private boolean closed;

        Block(String kind) {
            this.kind = kind;
        }

        /** What its {@code content_block_start} shows. */
        ObjectNode start() {
            throw new IllegalStateException("a block of no kind");
        }

        boolean isReady() {
            return true;
        }

        boolean isOver() {
            return true;
        }

        /** Whether there is nothing in it that a client could use. */
        boolean isNothing() {
            return false;
        }
    }

    /** A block that is known whole, or known as it begins. */
    static final class Plain extends Block {
        private final ObjectNode start;

        Plain(String kind, ObjectNode start) {
            super(kind);
            this.start = start;
        }

        @Override
        ObjectNode start() {
            return start;
        }
    }

    /** A tool call. */
    static final class ToolUse extends Block {
        private final PartialJson input = new PartialJson();
        private final ObjectNode more = Json.object();
        private String id = "";
        private String name = "";

        ToolUse() {
            super("tool_use");
        }

        /** Takes what a piece says of the call; what is empty says nothing. */
        void tell(String newId, String newName, JsonNode others) {
            id = newId.isEmpty() ? id : newId;
            name = newName.isEmpty() ? name : newName;
            NativeFields.putBack(others, more);
        }

        /** Gives the call an id if it has none. */
        void orId(String own) {
            id = id.isEmpty() ? own : id;
        }

        void add(String arguments) {
            input.append(arguments);
        }

        @Override
        ObjectNode start() {
            ObjectNode use = AnthropicAnswer.toolUse(Json.object(), id, name);
            use.putObject("input");
            NativeFields.putBack(more, use);
            return use;
        }

        @Override
        boolean isReady() {
            return !name.isEmpty() && !id.isEmpty();
        }

        @Override
        boolean isOver() {
            return input.isWhole();
        }

        @Override
        boolean isNothing() {
            return name.isEmpty() && input.isBlank();
        }
    }

    /** @param client told each event */
    AnthropicBlockQueue(Consumer<ObjectNode> client) {
        this.client = client;
    }

    /** The block begun last if it is of that kind, to go on with; else null. */
    Block last(String kind) {
        Block last = blocks.peekLast();
        return last != null && last.kind.equals(kind) ? last : null;
    }

    /** The block begun last; null when none is open or waits. */
    Block last() {
        return blocks.peekLast();
    }

    /** Begins a block behind all others. */
    <B extends Block> B begin(B block) {
        blocks.add(block);
        advance();
        return block;
    }

    /**
     * Adds a delta to a block.
     *
     * @return false when it is too late, for the block has been closed
     */
    boolean fill(Block block, ObjectNode delta) {
        if (block.closed) {
            return false;
        }
        if (block.open) {
            send(delta);
        } else {
            block.waiting.add(delta);
        }
        advance();
        return true;
    }

    /** Opens and closes what can be, now that more is known. */
    void advance() {
        for (Block head = blocks.peek(); head != null; head = blocks.peek()) {
            if (!head.open && !(ending && head.isNothing())) {
                if (!head.isReady() && !ending) {
                    return;
                }
                open(head);
            }
            if (!ending && (blocks.size() == 1 || !head.isOver())) {
                return;
            }
            blocks.remove();
            head.closed = true;
            if (head.open) {
                client.accept(Json.object().put("type", "content_block_stop").put("index", index));
            }
        }
    }

    private void open(Block block) {
        block.open = true;
        index++;
        client.accept(Json.object()
                .put("type", "content_block_start")
                .put("index", index)
                .<ObjectNode>set("content_block", block.start()));
        block.waiting.forEach(this::send);
        block.waiting.clear();
    }

    private void send(ObjectNode delta) {
        client.accept(Json.object()
                .put("type", "content_block_delta")
                .put("index", index)
                .<ObjectNode>set("delta", delta));
    }

    /** Sends all that waits, and closes what is open. */
    void end() {
        ending = true;
        advance();
    }
}
