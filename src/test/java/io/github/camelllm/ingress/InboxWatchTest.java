package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Json;
import io.github.camelllm.step.Troubles;
import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.ManualTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** An inbox with something wrong about it, looked after by hand. */
class InboxWatchTest {

    @TempDir
    private Path home;

    private final ManualTicker ticker = new ManualTicker();
    private final Set<String> working = new HashSet<>();
    private CapturedLog log;
    private CapturedLog troubles;
    private Claims claims;
    private InboxWatch watch;

    @BeforeEach
    void open() throws IOException {
        InboxSettings settings =
                new InboxSettings(at("inbox"), at("outbox"), at("done"), at("failed"), 2, Duration.ofSeconds(1));
        Files.createDirectory(at("inbox"));
        claims = new Claims(settings, working);
        claims.open();
        watch = new InboxWatch(settings, claims, ticker, new Troubles(LoggerFactory.getLogger(Inbox.class), ticker));
        log = new CapturedLog(InboxWatch.class, Level.INFO);
        troubles = new CapturedLog(Inbox.class, Level.INFO);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
        troubles.close();
        claims.close();
    }

    private Path at(String path) {
        return home.resolve(path);
    }

    private void block(String folder) throws IOException {
        Files.move(at(folder), at(folder + ".away"));
        Files.writeString(at(folder), "in the way");
    }

    private void unblock(String folder) throws IOException {
        Files.delete(at(folder));
        Files.move(at(folder + ".away"), at(folder));
    }

    /** A poll each half second, for so long. */
    private int polls(Duration time) {
        int ready = 0;
        for (long i = 0; i < time.toMillis() / 500; i++) {
            ready += watch.isReady() ? 1 : 0;
            ticker.advance(Duration.ofMillis(500));
        }
        return ready;
    }

    @ParameterizedTest
    @ValueSource(strings = {"inbox", "outbox", "done", "failed"})
    void aDirectoryThatCannotBeUsedIsToldOfOnceAMinute(String folder) throws IOException {
        block(folder);
        assertThat(polls(Duration.ofSeconds(150))).isZero();
        unblock(folder);
        assertThat(polls(Duration.ofSeconds(150))).isEqualTo(300);
        assertThat(troubles.lines())
                .filteredOn(line -> line.contains(at(folder).toString()))
                .hasSizeBetween(4, 8);
        assertThat(troubles.lines())
                .filteredOn(line -> line.contains("No request is taken"))
                .allMatch(line -> line.startsWith("WARN ") && !line.contains("Exception") && !line.contains("|"));
        assertThat(troubles.lines()).contains("INFO " + at(folder) + " can be used again");
    }

    @Test
    void aDirectoryThatSomebodyHasDeletedIsMadeAgain() throws IOException {
        Files.delete(at("outbox"));
        assertThat(watch.isReady()).isTrue();
        assertThat(at("outbox")).isDirectory();
        assertThat(troubles.lines()).isEmpty();
    }

    @Test
    void takesNothingMoreOnceWritingFailsUntilItWorks() throws IOException {
        Files.createDirectory(at("failed/.probe"));
        Files.createFile(at("failed/.probe/full"));
        assertThat(watch.isReady()).isTrue();
        watch.suspect();
        assertThat(polls(Duration.ofSeconds(30))).isZero();
        assertThat(troubles.lines()).singleElement().asString().contains("No request is taken", ".probe");
        Files.delete(at("failed/.probe/full"));
        Files.delete(at("failed/.probe"));
        assertThat(polls(Duration.ofSeconds(30))).isEqualTo(60);
        assertThat(at("outbox/.probe")).doesNotExist();
    }

    @Test
    void whatIsOverIsMovedOnceItCanBe() throws IOException {
        for (String name : List.of("answered.json", "failed.json", "lost.json")) {
            Files.writeString(at("inbox/" + name), name);
            claims.take(at("inbox/" + name));
        }
        claims.keep("answered.json", false, null);
        claims.keep("failed.json", true, null);
        claims.keep("lost.json", true, new byte[] {'{', '}'});
        assertThat(claims.isStuck("lost.json")).isTrue();
        assertThat(watch.isReady()).isTrue();
        assertThat(at("done/answered.json")).exists();
        assertThat(at("failed/failed.json")).exists();
        assertThat(at("failed/lost.json")).exists();
        assertThat(at("failed/lost.error.json")).hasContent("{}");
        assertThat(claims.isStuck("lost.json")).isFalse();
    }

    @Test
    void whatCanNeverBeAnsweredGoesToFailedWithAnErrorWhoseNameFits() throws Exception {
        String longest = "n".repeat(243) + ".json";
        String tooLong = "n".repeat(250) + ".json";
        String tooManyBytes = "я".repeat(124) + ".json";
        for (String name : List.of(
                "line\nbreak.json", "bell\u0007.json", "c1\u0085.json", "..\\escape.json", tooLong, tooManyBytes)) {
            Files.writeString(at("inbox/" + name), "{}");
        }
        List<String> fine = List.of(
                longest,
                "a b.json",
                "a..b.json",
                "вопрос.json",
                "emoji \uD83D\uDE00.json",
                "%41&=$.json",
                "-.json",
                "fine.json");
        for (String name : fine) {
            Files.writeString(at("inbox/" + name), "{}");
        }
        new ProcessBuilder("sh", "-c", "printf x > \"$(printf 'caf\\351.json')\"")
                .directory(at("inbox").toFile())
                .start()
                .waitFor(10, TimeUnit.SECONDS);
        old(at("inbox"));
        assertThat(watch.isReady()).isTrue();

        assertThat(names("inbox")).containsExactlyInAnyOrderElementsOf(fine);
        List<String> failed = names("failed");
        assertThat(failed).hasSize(14).allMatch(name -> name.matches("[\\p{L}\\p{N} ._-]+\\.json"));
        for (String name : failed) {
            if (name.endsWith(".error.json")) {
                assertThat(at("failed/" + name.replace(".error.json", ".json"))).exists();
                assertThat(Json.read(Files.readAllBytes(at("failed/" + name)))
                                .at("/error/message")
                                .textValue())
                        .startsWith("The file ")
                        .contains(" cannot be answered: its name ");
            }
        }
        assertThat(log.lines())
                .hasSize(7)
                .allMatch(line -> line.startsWith("WARN ") && line.indexOf('\n') < 0 && line.length() < 700);
    }

    @Test
    void whatStaysIsNamedOnce() throws IOException {
        Files.writeString(at("inbox/.hidden.json"), "{}");
        Files.writeString(at("inbox/LOUD.JSON"), "{}");
        Files.writeString(at("inbox/back.error.json"), "{}");
        Files.writeString(at("inbox/half.json.part"), "{}");
        Files.createDirectory(at("inbox/folder.json"));
        for (String name : names("inbox")) {
            Files.setLastModifiedTime(at("inbox/" + name), FileTime.from(ticker.now()));
        }
        polls(Duration.ofSeconds(55));
        assertThat(log.lines()).isEmpty(); // somebody may be writing them
        polls(Duration.ofMinutes(10));
        assertThat(log.lines())
                .containsExactlyInAnyOrder(
                        "WARN .hidden.json stays in the inbox: names that begin with a dot are taken for files that are being"
                                + " written",
                        "WARN LOUD.JSON stays in the inbox: names must end in .json, in small letters",
                        "WARN folder.json stays in the inbox: it is a directory");
        assertThat(names("inbox")).hasSize(5);
    }

    @Test
    void aFileIsLeftAloneUntilItHasSettled() throws IOException {
        Path file = Files.writeString(at("inbox/line\nbreak.json"), "{");
        Files.setLastModifiedTime(file, FileTime.from(ticker.now()));
        assertThat(watch.isReady()).isTrue();
        assertThat(file).exists();
        polls(Duration.ofSeconds(10));
        assertThat(file).doesNotExist();
    }

    @Test
    void manyTroublesAreToldOfAsOne() {
        Troubles many = new Troubles(LoggerFactory.getLogger(Inbox.class), ticker);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5_000; i++) {
                many.is("file " + i, i + " cannot be taken");
            }
            ticker.advance(Duration.ofSeconds(10));
        }
        assertThat(troubles.lines()).hasSize(101);
    }

    private void old(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(ticker.now().minusSeconds(10)));
            }
        }
    }

    private List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(at(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".claimed"))
                    .toList();
        }
    }
}
