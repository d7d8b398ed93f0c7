package io.github.camelllm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.ManualTicker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {

    @TempDir
    Path directory;

    private final ManualTicker ticker = new ManualTicker();
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final AtomicInteger reads = new AtomicInteger();
    private Path file;
    private long modified = 1_700_000_000_000L;

    @BeforeEach
    void aFile() throws IOException {
        file = directory.resolve("numbers.txt");
        write("1");
    }

    @Test
    void saysWhatTheFileSaysAndWhatItSaysLater() throws IOException {
        WatchedFile<Integer> watched = open();
        assertThat(watched.get()).isEqualTo(1);

        write("2");
        assertThat(watched.get()).isEqualTo(1); // it has been looked at a moment ago

        ticker.advance(WatchedFile.INTERVAL);
        assertThat(watched.get()).isEqualTo(1); // nobody waits for the reading
        runAll();
        assertThat(watched.get()).isEqualTo(2);
    }

    @Test
    void isNotReadWhileItStaysTheSame() {
        WatchedFile<Integer> watched = open();
        for (int i = 0; i < 10; i++) {
            ticker.advance(WatchedFile.INTERVAL);
            watched.get();
            runAll();
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void aBrokenFileStopsTheStart() throws IOException {
        write("one");
        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ":1: is no number");
    }

    @Test
    void aFileThatBreaksLaterChangesNothingUntilItIsMended() throws IOException {
        WatchedFile<Integer> watched = open();
        write("two");
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(1);

        lookAndRun(watched);
        assertThat(reads).hasValue(2); // told once, not with every look

        write("3");
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(3);
    }

    @Test
    void aFileThatIsTakenAwayStaysInForce() throws IOException {
        WatchedFile<Integer> watched = open();
        Files.delete(file);
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(1);

        write("4");
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(4);
    }

    @Test
    void aFileThatChangesWhileItIsReadIsReadAgain() throws IOException {
        WatchedFile<Integer> watched = WatchedFile.open(
                file,
                path -> {
                    WatchedFile.Read<Integer> read = read(path);
                    if (reads.get() == 2) {
                        rewrite("6"); // the writer was not done
                    }
                    return read;
                },
                ticker,
                work::add);
        write("5");
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(1);
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(6);
    }

    @Test
    void aReaderThatThrowsChangesNothingAndIsAskedAgain() throws IOException {
        WatchedFile<Integer> watched = WatchedFile.open(
                file,
                path -> {
                    if (reads.get() == 1) {
                        reads.incrementAndGet();
                        throw new IllegalStateException("out of order");
                    }
                    return read(path);
                },
                ticker,
                work::add);
        write("7");
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(1);
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(7);
    }

    @Test
    void manyThreadsReadItOnce() throws Exception {
        WatchedFile<Integer> watched = open();
        write("8");
        ticker.advance(WatchedFile.INTERVAL);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> gets = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                gets.add(watched::get);
            }
            for (Future<Integer> got : threads.invokeAll(gets)) {
                assertThat(got.get()).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(work).hasSize(1);
        runAll();
        assertThat(watched.get()).isEqualTo(8);
        assertThat(reads).hasValue(2);
    }

    @Test
    void aFileThatCannotBeReadIsToldOfOnceAMinuteAndAtTheEnd() throws IOException {
        WatchedFile<Integer> watched = open();
        Files.delete(file);
        Files.createDirectory(file); // reading it fails each time, and so it is looked at each time
        try (CapturedLog log = new CapturedLog(WatchedFile.class, Level.INFO)) {
            while (ticker.nanos() < Duration.ofSeconds(150).toNanos()) {
                lookAndRun(watched);
            }
            assertThat(log.lines()).hasSize(3).allSatisfy(line -> assertThat(line)
                    .startsWith(
                            "ERROR ALARM: " + file + " could not be read anew; what it said before stays in force. ")
                    .doesNotContain("|"));

            Files.delete(file);
            write("9");
            lookAndRun(watched);
            assertThat(log.lines())
                    .endsWith("INFO " + file + " can be read again", "INFO " + file + " has changed and is in force");
        }
        assertThat(watched.get()).isEqualTo(9);
    }

    @Test
    void aFileThatIsHeldIsReadWhenItsHolderSaysSo() throws IOException {
        WatchedFile<Integer> watched = open();
        try (WatchedFile.Hold hold = new WatchedFile.Hold()) {
            hold.add(List.of(file));
            write("2");
            lookAndRun(watched);
            assertThat(watched.get()).isEqualTo(1);
            assertThat(hold.changed()).containsExactly(file);
            assertThat(hold.read(path -> false)).isEmpty();
            assertThat(watched.get()).isEqualTo(1);
            assertThat(hold.read(path -> true)).containsExactly(file);
            assertThat(watched.get()).isEqualTo(2);
            assertThat(hold.changed()).isEmpty();
            write("3");
        }
        lookAndRun(watched);
        assertThat(watched.get()).isEqualTo(3);
    }

    @Test
    void aPromptFileIsReadByWhoeverFindsItChanged() throws IOException {
        WatchedFile<Integer> watched = WatchedFile.openPrompt(file, this::read, ticker, Duration.ofMillis(500));
        write("2");
        assertThat(watched.get()).isEqualTo(1);
        ticker.advance(Duration.ofMillis(500));
        assertThat(watched.get()).isEqualTo(2);
    }

    private WatchedFile<Integer> open() {
        return WatchedFile.open(file, this::read, ticker, work::add);
    }

    private WatchedFile.Read<Integer> read(Path path) {
        reads.incrementAndGet();
        try {
            return new WatchedFile.Read<>(Integer.parseInt(Files.readString(path)), List.of());
        } catch (NumberFormatException e) {
            return new WatchedFile.Read<>(null, List.of(new ConfigProblem(path, 1, "is no number")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void lookAndRun(WatchedFile<Integer> watched) {
        ticker.advance(WatchedFile.INTERVAL.plus(Duration.ofMillis(1)));
        watched.get();
        runAll();
    }

    private void runAll() {
        for (Runnable next = work.poll(); next != null; next = work.poll()) {
            next.run();
        }
    }

    private void rewrite(String text) {
        try {
            write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each time with a later date, however coarse the file system's clock is. */
    private void write(String text) throws IOException {
        Files.writeString(file, text);
        modified += 1000;
        Files.setLastModifiedTime(file, FileTime.fromMillis(modified));
    }
}
