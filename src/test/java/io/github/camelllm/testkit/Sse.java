package io.github.camelllm.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * A script of server-sent events: their data, how they are written, when, and where they break off. Built up by methods that
 * change it and return it; positions count events from 0, {@code [DONE]} included.
 */
public final class Sse {

    private final List<String> data = new ArrayList<>();
    private final TreeMap<Integer, List<Act>> before = new TreeMap<>();
    private Duration gap = Duration.ZERO;
    private String lineEnd = "\n";
    private String field = "data: ";
    private String extraLines = "";
    private boolean multiLine;
    private boolean oneWrite;
    private int splitEvery;
    private int stopAfter = -1;
    private Act end;

    private Sse() {}

    /** Events with that data, in that order, and nothing more: no {@code [DONE]} unless it is among them. */
    public static Sse of(String... data) {
        return of(Arrays.asList(data));
    }

    /** Events with that data, in that order. */
    public static Sse of(List<String> data) {
        Sse sse = new Sse();
        sse.data.addAll(data);
        return sse;
    }

    /** The data of all events, as the script stands. */
    public List<String> data() {
        return List.copyOf(data);
    }

    /** Puts an event before the one at that position; at the size of the script, after the last. */
    public Sse insert(int position, String eventData) {
        data.add(position, eventData);
        return this;
    }

    /** Waits that long between two events. */
    public Sse every(Duration newGap) {
        this.gap = newGap;
        return this;
    }

    /** Waits that long between the head of the response and the first event. */
    public Sse firstAfter(Duration delay) {
        return at(0, new Act.Pause(delay));
    }

    /** Waits at the gate before the event at that position; at the size of the script, before the end. */
    public Sse gateBefore(int position, Gate gate) {
        return at(position, new Act.Await(gate));
    }

    /** Waits that long before the event at that position; at the size of the script or where it stops, before the end. */
    public Sse pauseBefore(int position, Duration time) {
        return at(position, new Act.Pause(time));
    }

    private Sse at(int position, Act act) {
        before.computeIfAbsent(position, p -> new ArrayList<>()).add(act);
        return this;
    }

    /** Ends lines with that: {@code \n}, {@code \r\n} or {@code \r}. */
    public Sse lineEnd(String newLineEnd) {
        this.lineEnd = newLineEnd;
        return this;
    }

    /** Writes {@code data:} without the blank after it. */
    public Sse noSpace() {
        this.field = "data:";
        return this;
    }

    /** Writes a comment and the fields {@code event}, {@code id} and {@code retry} into every event. */
    public Sse comments() {
        this.extraLines = ": keep-alive\nevent: message\nid: 7\nretry: 1000\n";
        return this;
    }

    /** Writes JSON objects as two {@code data} lines, broken after the first brace. */
    public Sse multiLine() {
        this.multiLine = true;
        return this;
    }

    /** Writes all events at once; pauses and gates are left out. */
    public Sse inOneWrite() {
        this.oneWrite = true;
        return this;
    }

    /** Writes the events in pieces of that many bytes, wherever that cuts lines and characters. */
    public Sse splitEvery(int bytes) {
        this.splitEvery = bytes;
        return this;
    }

    /** Ends the connection after that many events, in the midst of the transfer coding. */
    public Sse cutAfter(int events, Cut cut) {
        return stop(events, new Act.Close(cut));
    }

    /** Says no more after that many events, and keeps the connection open. */
    public Sse stallAfter(int events) {
        return stop(events, new Act.Stall());
    }

    /** Ends the response in order after that many events, as if it were whole. */
    public Sse endAfter(int events) {
        return stop(events, null);
    }

    private Sse stop(int events, Act newEnd) {
        if (events > data.size()) {
            throw new IllegalArgumentException("the script has only " + data.size() + " events");
        }
        stopAfter = events;
        end = newEnd;
        return this;
    }

    /** What ends it instead of the regular end of a response; null for that. */
    Act end() {
        return end;
    }

    List<Act> acts() {
        List<Act> acts = new ArrayList<>();
        int count = stopAfter < 0 ? data.size() : stopAfter;
        for (int i = 0; i < count; i++) {
            if (i > 0 && !gap.isZero()) {
                acts.add(new Act.Pause(gap));
            }
            acts.addAll(before.getOrDefault(i, List.of()));
            acts.add(new Act.Write(bytes(data.get(i)), 1));
        }
        acts.addAll(before.getOrDefault(count, List.of()));
        if (oneWrite) {
            acts = List.of(together(acts));
        }
        return splitEvery > 0 ? Bodies.pieces(acts, splitEvery, Duration.ZERO) : acts;
    }

    private static Act together(List<Act> acts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int events = 0;
        for (Act act : acts) {
            if (act instanceof Act.Write write) {
                all.writeBytes(write.bytes());
                events += write.events();
            }
        }
        return new Act.Write(all.toByteArray(), events);
    }

    private byte[] bytes(String eventData) {
        String lines = multiLine && eventData.startsWith("{")
                ? field + "{\n" + field + eventData.substring(1)
                : field + eventData;
        return (extraLines + lines + "\n\n").replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
    }
}
