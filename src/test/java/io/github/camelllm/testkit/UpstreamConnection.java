package io.github.camelllm.testkit;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One client of the fake upstream. One thread does nothing but read, so that the client's leaving is noticed at once
 * whatever the answer is doing; another plays the replies.
 */
final class UpstreamConnection {

    /** Nobody is left to answer. */
    private static final class Ended extends Exception {
        Ended() {
            super("the connection has ended", null, false, false);
        }
    }

    private final int number;
    private final Socket socket;
    private final FakeUpstream upstream;
    private final CompletableFuture<ClientClosed> ended = new CompletableFuture<>();
    private final BlockingQueue<Optional<Received>> inbox = new LinkedBlockingQueue<>();
    private volatile boolean writeFailed;
    private volatile boolean closedHere;

    UpstreamConnection(int number, Socket socket, FakeUpstream upstream) {
        this.number = number;
        this.socket = socket;
        this.upstream = upstream;
    }

    /** Reads until the connection ends. */
    void readAll() {
        Cut how = Cut.FIN;
        try {
            HttpRequestReader reader = new HttpRequestReader(socket.getInputStream(), socket.getOutputStream());
            for (Received next = reader.read(number); next != null; next = reader.read(number)) {
                upstream.received(next);
                inbox.add(Optional.of(next));
            }
        } catch (SocketException e) {
            how = Cut.RST;
        } catch (IOException e) {
            upstream.oddity("connection " + number + ": " + e.getMessage());
        }
        // A reset is told to one system call alone; if that was a write, reading sees an end in order.
        ended.complete(new ClientClosed(writeFailed ? Cut.RST : how, System.nanoTime()));
        inbox.add(Optional.empty());
        end(Cut.FIN);
        upstream.ended(this);
    }

    /** Answers requests until the connection ends. */
    void answerAll() {
        try {
            for (Optional<Received> next = inbox.take(); next.isPresent(); next = inbox.take()) {
                answer(next.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(Cut.FIN);
    }

    private void answer(Received request) {
        try {
            List<Act> acts = upstream.replyTo(request).acts("close".equalsIgnoreCase(request.header("Connection")));
            for (Act act : acts) {
                play(act, request);
            }
            request.answerEnded();
        } catch (Ended e) {
            end(Cut.FIN);
            if (closedHere) {
                request.answerEnded();
            } else {
                request.clientClosed(ended.join());
            }
        }
    }

    private void play(Act act, Received request) throws Ended {
        if (act instanceof Act.Write write) {
            write(write, request);
        } else if (act instanceof Act.Pause pause) {
            pause(pause.duration().toNanos());
        } else if (act instanceof Act.Await await) {
            await.gate().arrive();
            first(await.gate().opened());
        } else if (act instanceof Act.Close close) {
            close(close.cut());
        } else {
            first(new CompletableFuture<>());
        }
    }

    private void write(Act.Write write, Received request) throws Ended {
        try {
            socket.getOutputStream().write(write.bytes());
        } catch (IOException e) {
            writeFailed = true;
            throw new Ended();
        }
        request.wrote(write.bytes().length, write.events());
    }

    private void pause(long nanos) throws Ended {
        try {
            ended.get(nanos, TimeUnit.NANOSECONDS);
            throw new Ended();
        } catch (TimeoutException e) {
            return; // nothing happened, as planned
        } catch (InterruptedException | ExecutionException e) {
            throw new Ended();
        }
    }

    private void first(CompletableFuture<Void> other) throws Ended {
        CompletableFuture.anyOf(other, ended).join();
        if (ended.isDone()) {
            throw new Ended();
        }
    }

    /** Ends the connection from this side. */
    void close(Cut cut) {
        closedHere = true;
        end(cut);
    }

    private void end(Cut cut) {
        try {
            if (!socket.isClosed()) {
                if (cut == Cut.RST) {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            }
        } catch (IOException e) {
            upstream.oddity("closing connection " + number + ": " + e.getMessage());
        }
    }
}
