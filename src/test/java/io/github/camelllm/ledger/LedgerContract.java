package io.github.camelllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Json;
import io.github.camelllm.call.SpentBefore.Scope;
import io.github.camelllm.call.SpentBefore.Spent;
import io.github.camelllm.call.Usage;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ManualTicker;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of a ledger in any database. */
abstract class LedgerContract {

    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    @TempDir
    Path logs;

    final ManualTicker ticker = new ManualTicker(NOW);
    final Counts counts = new Counts();
    private final List<Writer> writers = new ArrayList<>();

    /** The address of a database that no other test uses. */
    abstract String url() throws Exception;

    abstract String user();

    abstract String password();

    /** Ends the database in the middle of whatever it does. */
    abstract void kill() throws Exception;

    /** Has it back; where connecting is enough this does nothing. */
    abstract void revive() throws Exception;

    @AfterEach
    void stopAll() throws Exception {
        for (Writer writer : writers) {
            writer.stop();
        }
    }

    LedgerSettings settings(int queueSize) throws Exception {
        return settings(queueSize, 0);
    }

    LedgerSettings settings(int queueSize, int keep) throws Exception {
        return new LedgerSettings(url(), user(), password(), keep, logs, queueSize, Duration.ofSeconds(20));
    }

    Writer writer(LedgerSettings settings) {
        Writer writer = new Writer(settings, ticker, counts);
        writers.add(writer);
        writer.start();
        return writer;
    }

    Writer writer() throws Exception {
        return writer(settings(20_000));
    }

    Connection connect() throws Exception {
        return Database.connect(settings(1), "");
    }

    /** What stands in the ledger, by call. */
    Map<String, Entry> rows() throws Exception {
        Map<String, Entry> found = new TreeMap<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM llm_ledger ORDER BY call_id, attempt")) {
            while (row.next()) {
                Entry.Charge charge = new Entry.Charge(
                        row.getInt("attempt"),
                        row.getString("model"),
                        row.getString("provider"),
                        new Usage(
                                row.getLong("input_tokens"),
                                row.getLong("output_tokens"),
                                row.getLong("cached_input_tokens"),
                                row.getLong("reasoning_tokens"),
                                row.getLong("cache_write_tokens"),
                                row.getBoolean("estimated")),
                        row.getBigDecimal("cost_usd"));
                Entry before = found.get(row.getString("call_id"));
                List<Entry.Charge> charges = new ArrayList<>(before == null ? List.of() : before.charges());
                charges.add(charge);
                Instant at = row.getObject("received_at", OffsetDateTime.class).toInstant();
                found.put(
                        row.getString("call_id"),
                        new Entry(
                                row.getString("call_id"),
                                at,
                                at,
                                row.getString("operation"),
                                row.getString("key_id"),
                                row.getString("tenant"),
                                row.getString("user_id"),
                                row.getString("team"),
                                row.getString("tier"),
                                row.getInt("status"),
                                row.getString("error_code"),
                                row.getString("cache"),
                                row.getString("degraded"),
                                charges));
            }
        }
        return found;
    }

    /** The ledger does not keep when a call was over. */
    private static Entry kept(Entry entry) {
        return new Entry(
                entry.callId(),
                entry.receivedAt(),
                entry.receivedAt(),
                entry.operation(),
                entry.keyId(),
                entry.tenant(),
                entry.user(),
                entry.team(),
                entry.tier(),
                entry.status(),
                entry.errorCode(),
                entry.cache(),
                entry.degraded(),
                entry.charges());
    }

    private static Map<String, Entry> expected(List<Entry> entries) {
        Map<String, Entry> expected = new TreeMap<>();
        entries.forEach(entry -> expected.put(entry.callId(), kept(entry)));
        return expected;
    }

    private static List<CallMaker> calls(int count) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> CallMaker.random(random, "call_%06d".formatted(i)))
                .toList();
    }

    private static List<Entry> entries(int count) {
        return calls(count).stream().map(CallMaker::entry).toList();
    }

    private void log(String file, List<CallMaker> calls) throws Exception {
        StringBuilder text = new StringBuilder();
        for (CallMaker call : calls) {
            text.append(new String(Json.write(call.make().toJson()), StandardCharsets.UTF_8))
                    .append('\n');
        }
        Files.writeString(logs.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(logs.resolve(file), FileTime.from(NOW));
    }

    @Test
    void keepsEveryDigitAndEveryCharacterOfEveryCall() throws Exception {
        List<Entry> all = entries(1000);
        Writer writer = writer();
        all.forEach(writer::offer);

        assertThat(writer.stop()).isZero();
        assertThat(rows()).isEqualTo(expected(all));
        assertThat(counts.written.sum()).isEqualTo(1000);
    }

    @Test
    void hasEachCallOnceThoughTwoWritersAreToldOfItTwiceAtTheSameTime() throws Exception {
        List<Entry> all = entries(3000);
        LedgerSettings settings = settings(100_000);
        Writer[] two = {writer(settings), writer(settings)};
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Writer writer = two[i % 2];
            List<Entry> shuffled = new ArrayList<>(all);
            Collections.shuffle(shuffled, new Random(i));
            Thread thread = new Thread(() -> shuffled.forEach(writer::offer));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(two[0].stop() + two[1].stop()).isZero();
        assertThat(rows()).isEqualTo(expected(all));
        assertThat(counts.written.sum()).isEqualTo(3000);
        assertThat(counts.dropped.sum()).isZero();
    }

    @Test
    void losesNothingWhenTheDatabaseIsKilledAndComesBack() throws Exception {
        List<Entry> all = entries(6000);
        Writer writer = writer(settings(100_000));
        Await.until(Duration.ofSeconds(30), "the ledger to be open", () -> counts.up);
        Thread feed = new Thread(() -> {
            for (Entry entry : all) {
                writer.offer(entry);
                LockSupport.parkNanos(500_000); // so that the kill is in the middle
            }
        });
        feed.start();
        Await.until("some to be written", () -> counts.written.sum() > 500);
        kill();
        Await.until("the writer to notice", () -> counts.failed.sum() > 0);
        revive();
        feed.join();

        Await.until(Duration.ofSeconds(60), "all to be written", () -> writer.waiting() == 0);
        assertThat(writer.stop()).isZero();
        assertThat(rows()).isEqualTo(expected(all));
        assertThat(counts.dropped.sum()).isZero();
    }

    @Test
    void readsFromTheCallLogWhatTheQueueHadNoRoomFor() throws Exception {
        List<CallMaker> all = calls(2000);
        log("calls.jsonl", all);
        Writer writer = new Writer(settings(10), ticker, counts);
        writers.add(writer);
        all.forEach(call -> writer.offer(call.entry())); // not started: the database is as good as down
        assertThat(counts.dropped.sum()).isEqualTo(1990);
        writer.start();

        Await.until("all to be written", () -> counts.written.sum() == 2000);
        assertThat(rows()).isEqualTo(expected(all.stream().map(CallMaker::entry).toList()));
    }

    @Test
    void readsItAgainWhenTheQueueRunsOverLater() throws Exception {
        List<CallMaker> all = calls(2000);
        Writer writer = writer(settings(10));
        Await.until("the ledger to be open", () -> counts.up);
        all.forEach(call -> call.receivedAt = NOW);
        log("calls.jsonl", all);
        all.forEach(call -> writer.offer(call.entry()));
        assertThat(counts.dropped.sum()).isPositive();

        Await.until(Duration.ofSeconds(30), "all to be there", () -> rows().size() == 2000);
        assertThat(rows()).isEqualTo(expected(all.stream().map(CallMaker::entry).toList()));
    }

    @Test
    void addsWhatACrashHadKeptFromItAndPassesOverWhatItCannotRead() throws Exception {
        List<CallMaker> all = calls(400);
        log("rotated", all.subList(0, 100));
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(logs.resolve("calls-2026-11-20-1.jsonl.gz")))) {
            out.write(Files.readAllBytes(logs.resolve("rotated")));
        }
        byte[] compressed = Files.readAllBytes(logs.resolve("calls-2026-11-20-1.jsonl.gz"));
        log("calls-2026-11-20-2.jsonl", all.subList(100, 200)); // was being compressed
        Files.write(
                logs.resolve("calls-2026-11-20-2.jsonl.gz"),
                java.util.Arrays.copyOf(compressed, compressed.length / 2));
        log("calls.jsonl", all.subList(200, 299));
        String last = new String(Json.write(all.get(299).make().toJson()), StandardCharsets.UTF_8);
        Files.writeString(
                logs.resolve("calls.jsonl"),
                "\n{\"time\":\"2025-01-01T00:00:00Z\",\"request_id\":\"of an older version\"}\nnonsense\n[1]\n"
                        + last.substring(0, 100) // torn, and the next process wrote on
                        + last + "\n" + "x".repeat(2_000_000) + "\n",
                StandardOpenOption.APPEND);
        log("calls.jsonl", all.subList(300, 399));
        String torn = new String(Json.write(all.get(399).make().toJson()), StandardCharsets.UTF_8);
        Files.writeString(logs.resolve("calls.jsonl"), torn.substring(0, torn.length() / 2), StandardOpenOption.APPEND);

        writer();

        Await.until(Duration.ofSeconds(30), "all to be there", () -> counts.written.sum() == 399);
        assertThat(rows())
                .isEqualTo(expected(
                        all.subList(0, 399).stream().map(CallMaker::entry).toList()));
    }

    @Test
    void readsOnlyWhatIsNewerThanItsBookmark() throws Exception {
        List<CallMaker> all = calls(60);
        all.subList(0, 20).forEach(call -> call.at("2026-11-30T20:00:00Z").latencyNanos = 1000);
        all.subList(20, 60).forEach(call -> call.at("2026-11-30T23:59:00Z").latencyNanos = 1000);
        Writer first = writer();
        first.offer(all.get(59).entry());
        Await.until("it to be written", () -> counts.written.sum() == 1);
        first.stop();
        String bookmark = Files.readString(logs.resolve("ledger.bookmark"));
        assertThat(bookmark).endsWith(" " + NOW + "\n");
        log("calls-2026-11-30-1.jsonl", all.subList(0, 20));
        log("calls-2026-11-30-2.jsonl", all.subList(20, 30));
        Files.setLastModifiedTime(
                logs.resolve("calls-2026-11-30-2.jsonl"), FileTime.from(NOW.minus(Duration.ofMinutes(11))));
        log("calls.jsonl", all.subList(30, 60));

        Writer second = writer();
        second.ask(connection -> List.of()).toCompletableFuture().get(30, TimeUnit.SECONDS);

        assertThat(rows().keySet())
                .containsExactlyElementsOf(
                        all.subList(30, 60).stream().map(call -> call.id).toList());
        second.stop();

        Files.writeString(logs.resolve("ledger.bookmark"), bookmark.replaceFirst("^.", "x"));
        Writer third = writer(); // the bookmark is another ledger's: all of the log is read
        third.ask(connection -> List.of()).toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(rows()).hasSize(60);
    }

    @Test
    void refusesOnlyTheCallThatTheDatabaseCannotTake() throws Exception {
        List<Entry> all = entries(100);
        Writer writer = writer();
        all.subList(0, 50).forEach(writer::offer);
        writer.offer(CallMaker.call("call_too_dear").used("m", 1, 1, "1e30").entry());
        all.subList(50, 100).forEach(writer::offer);

        assertThat(writer.stop()).isZero();
        assertThat(rows()).isEqualTo(expected(all));
        assertThat(counts.refused.sum()).isEqualTo(1);
    }

    @Test
    void findsItsSchemaAgainWithoutFlyway() throws Exception {
        Writer first = writer();
        first.offer(CallMaker.call("call_1").entry());
        assertThat(first.stop()).isZero();
        Writer second = writer();
        second.offer(CallMaker.call("call_2").entry());
        assertThat(second.stop()).isZero();

        assertThat(rows()).hasSize(2);
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT COUNT(*), MAX(\"version\") FROM \"llm_ledger_history\" WHERE \"version\" <> '0'")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(1);
            assertThat(row.getString(2)).isEqualTo(Database.SCHEMA_VERSION);
        }
    }

    @Test
    void livesInASchemaThatHasOtherTables() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE somebody_elses (id INTEGER)");
        }
        Writer writer = writer();
        writer.offer(CallMaker.call("call_1").entry());

        assertThat(writer.stop()).isZero();
        assertThat(rows()).hasSize(1);
    }

    @Test
    void letsGoOfOldCallsWhenToldTo() throws Exception {
        Writer keepsAll = writer();
        keepsAll.offer(CallMaker.call("old").at("2026-11-23T23:59:59Z").entry());
        keepsAll.offer(CallMaker.call("new").at("2026-11-24T00:00:00Z").entry());
        assertThat(keepsAll.stop()).isZero();
        assertThat(rows()).hasSize(2);

        writer(settings(10, 7));

        Await.until("the old call to go", () -> rows().keySet().equals(java.util.Set.of("new")));
    }

    @Test
    void addsUpWhatWasSpentBefore() throws Exception {
        Writer writer = writer();
        writer.offer(CallMaker.call("c1")
                .at("2026-11-15T10:00:00Z")
                .by("ann", "red")
                .used("m1", 10, 5, "0.0000000011")
                .entry());
        writer.offer(CallMaker.call("c2")
                .at("2026-11-15T11:00:00Z")
                .by("ann", "red")
                .used("m1", 1, 1, "0.5")
                .used("m2", 2, 2, null)
                .entry());
        writer.offer(CallMaker.call("c3")
                .at("2026-11-15T12:00:00Z")
                .by("bob", "red")
                .failed(429, "quota_exhausted")
                .entry());
        writer.offer(CallMaker.call("before")
                .at("2026-11-15T09:59:59.999999Z")
                .used("m1", 1000, 1, "9")
                .entry());
        writer.offer(CallMaker.call("after")
                .at("2026-11-15T13:00:00Z")
                .used("m1", 1000, 1, "9")
                .entry());
        Await.until("all to be written", () -> counts.written.sum() == 5);

        assertThat(spent(writer, Scope.GLOBAL)).containsExactly(new Spent(null, null, 2, 21, 500_000_002, 1));
        assertThat(spent(writer, Scope.USER)).containsExactly(new Spent("acme", "ann", 2, 21, 500_000_002, 1));
        assertThat(spent(writer, Scope.KEY)).containsExactly(new Spent("acme", "k-ann", 2, 21, 500_000_002, 1));
        assertThat(spent(writer, Scope.TEAM)).containsExactly(new Spent("acme", "red", 2, 21, 500_000_002, 1));
        assertThat(spent(writer, Scope.TENANT)).containsExactly(new Spent(null, "acme", 2, 21, 500_000_002, 1));
        assertThat(spent(writer, Scope.MODEL))
                .containsExactlyInAnyOrder(
                        new Spent(null, "m1", 2, 17, 500_000_002, 0), new Spent(null, "m2", 1, 4, 0, 1));
        assertThat(spent(writer, Scope.PROVIDER)).containsExactly(new Spent(null, "openai", 2, 21, 500_000_002, 1));
    }

    private static List<Spent> spent(Writer writer, Scope scope) throws Exception {
        return writer.ask(connection -> Entries.spent(
                        connection,
                        scope,
                        Instant.parse("2026-11-15T10:00:00Z"),
                        Instant.parse("2026-11-15T13:00:00Z")))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void saysSoWhenMoreWasSpentThanANumberHolds() throws Exception {
        Writer writer = writer();
        for (int i = 0; i < 3; i++) {
            writer.offer(CallMaker.call("c" + i)
                    .at("2026-11-15T10:00:00Z")
                    .tried("m", Usage.reported(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0), "99999999999")
                    .entry());
        }
        Await.until("all to be written", () -> counts.written.sum() == 3);

        assertThat(spent(writer, Scope.GLOBAL))
                .containsExactly(new Spent(null, null, 3, Long.MAX_VALUE, Long.MAX_VALUE, 0));
    }

    @Test
    void writesAndAnswersThoughCallsNeverStopComing() throws Exception {
        Writer writer = writer();
        AtomicBoolean enough = new AtomicBoolean();
        Thread feed = new Thread(() -> {
            for (int i = 0; !enough.get(); i++) {
                writer.offer(CallMaker.call("call_" + i).entry());
                LockSupport.parkNanos(200_000);
            }
        });
        feed.start();
        try {
            Await.until(Duration.ofSeconds(30), "some to be written", () -> counts.written.sum() > 100);
            assertThat(writer.ask(connection -> List.of()).toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(10));
        } finally {
            enough.set(true);
            feed.join();
        }
        assertThat(writer.stop()).isZero();
        assertThat(rows()).hasSize((int) counts.written.sum());
    }

    @Test
    void answersNoQuestionOnceItIsClosed() throws Exception {
        Writer writer = writer();
        writer.stop();

        assertThat(writer.ask(connection -> List.of()).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("the ledger is closed");
    }

    @Test
    void reportsByAnythingTheDearestFirst() throws Exception {
        Writer writer = writer();
        writer.offer(CallMaker.call("c1")
                .at("2026-11-14T23:30:00Z")
                .by("ann", "red")
                .used("m1", 10, 5, "0.25")
                .entry());
        writer.offer(CallMaker.call("c2")
                .at("2026-11-15T11:00:00Z")
                .by("bob", "red")
                .used("m1", 1, 1, "0.5")
                .used("m2", 2, 2, null)
                .entry());
        writer.offer(CallMaker.call("c3")
                .at("2026-11-15T12:00:00Z")
                .by("ann", "red")
                .failed(429, "quota_exhausted")
                .entry());
        assertThat(writer.stop()).isZero();

        CostReport byUser = report("2026-11-14", "2026-11-15", "UTC", CostReport.By.USER);
        assertThat(byUser.rows()).containsExactly(row(1, 3, 3, 1, "0.5", 1, "bob"), row(2, 10, 5, 5, "0.25", 0, "ann"));
        assertThat(byUser.total()).isEqualTo(row(3, 13, 8, 6, "0.75", 1));
        assertThat(report("2026-11-14", "2026-11-15", "UTC", CostReport.By.MODEL)
                        .rows())
                .extracting(CostReport.Row::names)
                .containsExactly(List.of("m1"), List.of("m2"), List.of("gpt-x"));
        assertThat(report("2026-11-14", "2026-11-15", "UTC", CostReport.By.DAY, CostReport.By.TEAM)
                        .rows())
                .extracting(CostReport.Row::names)
                .containsExactly(List.of("2026-11-15", "red"), List.of("2026-11-14", "red"));
        assertThat(report("2026-11-14", "2026-11-15", "Europe/Berlin", CostReport.By.DAY)
                        .rows())
                .extracting(CostReport.Row::names)
                .containsExactly(List.of("2026-11-15"));
        assertThat(report("2026-11-14", "2026-11-14", "Europe/Berlin", CostReport.By.DAY)
                        .rows())
                .isEmpty();
        assertThat(report("2026-11-14", "2026-11-14", "UTC", CostReport.By.values())
                        .rows())
                .containsExactly(row(
                        1, 10, 5, 5, "0.25", 0, "ann", "red", "acme", "k-ann", "m1", "openai", "2026-11-14", "chat"));
        assertThat(report("2026-01-01", "2026-01-31", "UTC", CostReport.By.USER).total())
                .isEqualTo(row(0, 0, 0, 0, "0", 0));
    }

    private CostReport report(String from, String to, String zone, CostReport.By... by) throws Exception {
        CostReport report = CostReport.read(
                url(), user(), password(), LocalDate.parse(from), LocalDate.parse(to), ZoneId.of(zone), List.of(by));
        return new CostReport(
                report.from(),
                report.to(),
                report.zone(),
                report.by(),
                report.rows().stream().map(LedgerContract::stripped).toList(),
                stripped(report.total()));
    }

    private static CostReport.Row row(
            long calls, long input, long output, long cached, String dollars, long unknown, String... names) {
        return stripped(new CostReport.Row(
                List.of(names),
                calls,
                BigDecimal.valueOf(input),
                BigDecimal.valueOf(output),
                BigDecimal.valueOf(cached),
                new BigDecimal(dollars),
                unknown));
    }

    private static CostReport.Row stripped(CostReport.Row row) {
        return new CostReport.Row(
                row.names(),
                row.calls(),
                row.input().stripTrailingZeros(),
                row.output().stripTrailingZeros(),
                row.cached().stripTrailingZeros(),
                row.dollars().stripTrailingZeros(),
                row.unknown());
    }

    @Test
    void addsUpAMonthOfManyCallsQuickly() throws Exception {
        Writer writer = writer();
        writer.ask(connection -> List.of()).toCompletableFuture().get(30, TimeUnit.SECONDS);
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(filling(200_000));
        }
        long start = System.nanoTime();
        List<Spent> users = writer.ask(
                        connection -> Entries.spent(connection, Scope.USER, NOW.minus(Duration.ofDays(30)), NOW))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        long month = System.nanoTime() - start;
        start = System.nanoTime();
        writer.ask(connection -> Entries.spent(connection, Scope.USER, NOW.minus(Duration.ofHours(1)), NOW))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        long hour = System.nanoTime() - start;
        System.out.printf("200,000 calls: month %d ms, hour %d ms%n", month / 1_000_000, hour / 1_000_000);

        assertThat(users).hasSize(100);
        assertThat(users.stream().mapToLong(Spent::calls).sum()).isEqualTo(200_000);
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery(
                        "EXPLAIN SELECT SUM(cost_usd) FROM llm_ledger WHERE received_at >= TIMESTAMP WITH TIME ZONE"
                                + " '2026-11-30 23:00:00+00' AND received_at < TIMESTAMP WITH TIME ZONE '2026-12-01 00:00:00+00'")) {
            StringBuilder text = new StringBuilder();
            while (plan.next()) {
                text.append(plan.getString(1)).append('\n');
            }
            assertThat(text.toString()).containsIgnoringCase("llm_ledger_received_at");
        }
    }

    /** SQL that adds so many calls, spread over the month before now. */
    abstract String filling(int calls) throws SQLException;
}
