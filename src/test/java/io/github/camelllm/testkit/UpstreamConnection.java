package io.github.camelllm.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
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

    private final Object lock = new Object();
    private Received current;
    private boolean inLastWrite;
    private boolean closedHere;

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
        } catch (EOFException e) {
            upstream.oddity("connection " + number + ": " + e.getMessage());
        } catch (IOException e) {
            how = Cut.RST;
        }
        // A reset is told to one system call alone; if that was a write, reading sees an end in order.
        clientEnded(new ClientClosed(writeFailed ? Cut.RST : how, System.nanoTime()));
    }

    private void clientEnded(ClientClosed closed) {
        synchronized (lock) {
            ended.complete(closed);
            if (!closedHere) {
                // Whoever has all of its answer may leave: whether it had all, the last write will tell.
                if (current != null && !inLastWrite) {
                    current.clientClosed(closed);
                }
                inbox.forEach(waiting -> waiting.ifPresent(request -> request.clientClosed(closed)));
            }
            inbox.add(Optional.empty());
        }
        end(Cut.FIN);
        upstream.ended(this);
    }

    /** Answers requests until the connection ends. */
    void answerAll() {
        try {
            while (true) {
                Received request = inbox.take().orElseThrow(Ended::new);
                synchronized (lock) {
                    current = request;
                }
                answer(request);
            }
        } catch (Ended e) {
            end(Cut.FIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Received request) throws Ended {
        List<Act> acts = upstream.replyTo(request).acts("close".equalsIgnoreCase(request.header("Connection")));
        int lastWrite = -1;
        for (int i = 0; i < acts.size(); i++) {
            if (!(acts.get(i) instanceof Act.Close)) {
                lastWrite = acts.get(i) instanceof Act.Write ? i : -1;
            }
        }
        for (int i = 0; i < acts.size(); i++) {
            play(acts.get(i), request, i == lastWrite);
        }
    }

    private void play(Act act, Received request, boolean last) throws Ended {
        if (ended.isDone()) {
            throw new Ended();
        }
        if (act instanceof Act.Write write) {
            write(write, request, last);
        } else if (act instanceof Act.Pause pause) {
            pause(pause.duration().toNanos());
        } else if (act instanceof Act.Await await) {
            await.gate().arrive();
            first(await.gate().opened());
        } else if (act instanceof Act.Close close) {
            answered(request);
            close(close.cut());
            throw new Ended();
        } else {
            first(new CompletableFuture<>());
        }
    }

    private void write(Act.Write write, Received request, boolean last) throws Ended {
        synchronized (lock) {
            inLastWrite = last;
        }
        try {
            socket.getOutputStream().write(write.bytes());
        } catch (IOException e) {
            writeFailed = true;
            synchronized (lock) {
                if (last && !closedHere) {
                    request.clientClosed(new ClientClosed(Cut.RST, System.nanoTime()));
                }
            }
            throw new Ended();
        }
        request.wrote(write.bytes().length, write.events());
        if (last) {
            answered(request);
        }
    }

    private void answered(Received request) {
        synchronized (lock) {
            current = null;
            inLastWrite = false;
            request.answerEnded();
        }
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
        synchronized (lock) {
            closedHere = true;
        }
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
