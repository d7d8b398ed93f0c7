package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.ManualTicker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped {@code routes/files.camel.yaml} on real directories, with a stub for the chain. */
class FilesTriggerTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    Path home;

    private final Map<String, Object> settings = new HashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Processor chain = exchange -> exchange.getMessage().setBody(Triggers.echo(exchange));
    private DefaultCamelContext context;

    @BeforeEach
    void settings() {
        settings.put("llm.files.enabled", true);
        for (String folder : List.of("inbox", "outbox", "done", "failed")) {
            settings.put("llm.files." + folder, home.resolve(folder));
        }
        settings.put("llm.files.parallel", 3);
        settings.put("llm.files.settle", "0s");
        settings.put("llm.files.max-bytes", 10_000);
        settings.put("llm.files.key-id", "");
    }

    @AfterEach
    void stop() {
        if (context != null) {
            context.stop();
        }
    }

    @Test
    void answersARequestUnderItsNameAndMovesItToDone() throws Exception {
        start();
        drop("question.json", Triggers.request("hello"));

        assertThat(answer("question.json").at("/choices/0/message/content").textValue())
                .isEqualTo("echo: hello");
        await("done/question.json");
        assertThat(names("inbox")).isEmpty();
        assertThat(names("failed")).isEmpty();
    }

    @Test
    void keepsNamesWithDotsSpacesAndOtherScripts() throws Exception {
        start();
        for (String name : List.of("v1.2 final.json", "вопрос.json", "${env:HOME}.json", "a;b&c=d?e#f%41.json")) {
            drop(name, Triggers.request(name));
            assertThat(answer(name).at("/choices/0/message/content").textValue())
                    .isEqualTo("echo: " + name);
            await("done/" + name);
        }
        assertThat(names("outbox")).hasSize(4);
    }

    @Test
    void movesAFailedRequestToFailedWithTheErrorBesideIt() throws Exception {
        chain = exchange -> {
            throw Problem.invalid("messages[0].role", "The role is unknown.");
        };
        start();
        drop("v1.2.json", Triggers.request("hello"));

        await("failed/v1.2.json");
        JsonNode error = read("failed/v1.2.error.json").path("error");
        assertThat(error.path("code").textValue()).isEqualTo("invalid_request");
        assertThat(error.path("param").textValue()).isEqualTo("messages[0].role");
        assertThat(error.path("request_id").textValue()).startsWith("req_");
        assertThat(names("outbox")).isEmpty();
        assertThat(names("done")).isEmpty();
        assertThat(names("inbox")).isEmpty();
    }

    @Test
    void movesWhatMaySucceedLaterToFailedToo() throws Exception {
        chain = exchange -> {
            throw Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "No model is available.")
                    .withRetryAfter(Duration.ofSeconds(5));
        };
        start();
        drop("later.json", Triggers.request("hello"));

        await("failed/later.json");
        assertThat(read("failed/later.error.json").at("/error/code").textValue())
                .isEqualTo("no_model_available");
    }

    @Test
    void tellsNothingOfAnUnexpectedFailure() throws Exception {
        chain = exchange -> {
            throw new IllegalStateException("jdbc:secret@10.0.0.1");
        };
        start();
        drop("bad.json", Triggers.request("hello"));

        await("failed/bad.json");
        assertThat(Files.readString(home.resolve("failed/bad.error.json")))
                .contains("internal_error")
                .doesNotContain("secret", "IllegalState");
    }

    @Test
    void answersARequestForAStreamWhole() throws Exception {
        AtomicReference<JsonNode> asked = new AtomicReference<>();
        chain = exchange -> {
            asked.set(Calls.of(exchange).getRequest().tree().deepCopy());
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        start();
        drop(
                "stream.json",
                "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");

        assertThat(answer("stream.json").path("object").textValue()).isEqualTo("chat.completion");
        assertThat(asked.get().has("stream")).isFalse();
        assertThat(asked.get().has("stream_options")).isFalse();
    }

    @Test
    void writesTheEventsOfAChainThatStreamsAllTheSame() throws Exception {
        chain = exchange -> exchange.getMessage()
                .setBody(TokenStream.of(List.of(new StreamEvent("{\"n\":1}".getBytes(StandardCharsets.UTF_8)))));
        start();
        drop("stream.json", Triggers.request("hello"));

        await("done/stream.json");
        assertThat(home.resolve("outbox/stream.json")).hasContent("data: {\"n\":1}\n\ndata: [DONE]\n\n");
    }

    @Test
    void neverPresentsACutStreamAsAnAnswer() throws Exception {
        chain = exchange -> exchange.getMessage()
                .setBody(TokenStream.of(List.of(new StreamEvent("{\"n\":1}".getBytes(StandardCharsets.UTF_8))))
                        .map(event -> {
                            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "The model broke off.");
                        }));
        start();
        drop("cut.json", Triggers.request("hello"));

        await("failed/cut.json");
        assertThat(read("failed/cut.error.json").at("/error/code").textValue()).isEqualTo("upstream_error");
        assertThat(names("outbox")).isEmpty();
    }

    @Test
    void leavesAFileAloneUntilItHasSettled() throws Exception {
        ManualTicker ticker = new ManualTicker();
        Instant written = ticker.now();
        ticker.advance(Duration.ofMillis(900));
        settings.put("llm.files.settle", "1s");
        create();
        context.getRegistry().bind("ticker", ticker);
        Path fresh = drop("fresh.json", "{\"messages\": [{\"role\": \"user\", \"con");
        Files.setLastModifiedTime(fresh, FileTime.from(written));
        Path old = drop("old.json", Triggers.request("old"));
        Files.setLastModifiedTime(old, FileTime.from(written.minusSeconds(60)));
        context.start();

        await("done/old.json"); // sorted after the fresh one would be: the poll has seen both
        assertThat(fresh).exists();
        Files.writeString(fresh, Triggers.request("whole"));
        Files.setLastModifiedTime(fresh, FileTime.from(written.plusMillis(100)));
        ticker.advance(Duration.ofMillis(200));

        assertThat(answer("fresh.json").at("/choices/0/message/content").textValue())
                .isEqualTo("echo: whole");
        assertThat(calls).hasValue(2);
    }

    @Test
    void takesNoFileThatIsNotJsonIsHiddenOrIsAnError() throws Exception {
        start();
        drop("half.json.part", Triggers.request("no"));
        drop(".hidden.json", Triggers.request("no"));
        drop("back.error.json", Triggers.request("no"));
        Files.createDirectory(home.resolve("inbox/folder.json"));
        drop("zz.json", Triggers.request("yes"));

        await("done/zz.json");
        drop("zzz.json", Triggers.request("yes"));
        await("done/zzz.json");
        assertThat(names("inbox")).hasSize(4);
        assertThat(calls).hasValue(2);
    }

    /** They used to stay in the inbox in silence, or to be tried each half second with a stack trace. */
    @Test
    void namesThatCannotBeAnsweredGoToFailed() throws Exception {
        drop("..\\..\\escape.json", Triggers.request("no"));
        drop("line\nbreak.json", Triggers.request("no"));
        drop("n".repeat(250) + ".json", Triggers.request("no"));
        drop("n".repeat(243) + ".json", Triggers.request("yes"));
        start();

        await("done/" + "n".repeat(243) + ".json");
        Await.until(SOON, "three errors", () -> names("failed").size() == 6);
        assertThat(names("failed"))
                .filteredOn(name -> name.endsWith(".error.json"))
                .hasSize(3);
        assertThat(names("inbox")).isEmpty();
        assertThat(calls).hasValue(1);
        assertThat(home.resolve("../escape.json").normalize()).doesNotExist();
    }

    @Test
    void aRequestOfTheLongestNameMayFail() throws Exception {
        chain = exchange -> {
            throw Problem.invalid("model", "No.");
        };
        start();
        drop("n".repeat(243) + ".json", Triggers.request("no"));
        await("failed/" + "n".repeat(243) + ".error.json");
        await("failed/" + "n".repeat(243) + ".json");
    }

    @Test
    void noRequestIsTakenWhileItsAnswerCouldNotBeWritten() throws Exception {
        start();
        drop("before.json", Triggers.request("hello"));
        await("done/before.json");
        try (CapturedLog own = new CapturedLog(Inbox.class, Level.WARN);
                CapturedLog camels = new CapturedLog(FileConsumer.class, Level.WARN)) {
            Path away = Files.move(home.resolve("outbox"), home.resolve("away"));
            Files.createFile(home.resolve("outbox"));
            Await.until(SOON, "a warning", () -> !own.lines().isEmpty());
            drop("during.json", Triggers.request("hello"));
            long asked = polls();
            Await.until(SOON, "polls that take nothing", () -> polls() > asked + 4);
            assertThat(calls).hasValue(1);
            assertThat(own.lines()).singleElement().asString().startsWith("WARN No request is taken from ");
            Files.delete(home.resolve("outbox"));
            Files.move(away, home.resolve("outbox"));
            await("done/during.json");
            assertThat(camels.lines()).isEmpty();
            assertThat(own.lines()).hasSize(1);
        }
    }

    /** The call is paid for, so its request is not asked again because it cannot be put away. */
    @Test
    void asksNoSecondTimeWhatCannotBePutAway() throws Exception {
        for (String folder : List.of("done", "failed")) {
            chain = exchange -> {
                Files.move(home.resolve(folder), home.resolve("away"));
                Files.createFile(home.resolve(folder));
                if (folder.equals("failed")) {
                    throw Problem.invalid("model", "No.");
                }
                exchange.getMessage().setBody(Triggers.echo(exchange));
            };
            start();
            try (CapturedLog own = new CapturedLog(Inbox.class, Level.WARN);
                    CapturedLog camels = new CapturedLog(FileConsumer.class, Level.WARN)) {
                drop(folder + ".json", Triggers.request("hello"));
                await("away");
                long asked = polls();
                Await.until(SOON, "polls that take nothing", () -> polls() > asked + 4);
                assertThat(names("inbox/.claimed")).containsExactly(folder + ".json");
                Files.delete(home.resolve(folder));
                Files.move(home.resolve("away"), home.resolve(folder));
                await(folder + "/" + folder + ".json");
                assertThat(names("inbox/.claimed")).isEmpty();
                assertThat(camels.lines()).isEmpty();
                assertThat(own.lines()).hasSizeLessThan(5).noneMatch(line -> line.contains("Exception"));
            }
            stop();
        }
        assertThat(calls).hasValue(2);
        assertThat(names("failed")).containsExactlyInAnyOrder("failed.json", "failed.error.json");
    }

    private long polls() {
        return ((ScheduledPollConsumer) context.getRoute("llm-files").getConsumer()).getCounter();
    }

    @Test
    void refusesAFileThatIsTooLargeWithoutReadingIt() throws Exception {
        start();
        drop("huge.json", Triggers.request("x".repeat(10_000)));

        await("failed/huge.json");
        assertThat(read("failed/huge.error.json").at("/error/code").textValue()).isEqualTo("request_too_large");
        assertThat(calls).hasValue(0);
    }

    @Test
    void followsNoLinks() throws Exception {
        Path secret = Files.writeString(home.resolve("secret.json"), Triggers.request("secret"));
        start();
        Files.createSymbolicLink(home.resolve("inbox/link.json"), secret);

        await("failed/link.error.json");
        await("failed/link.json");
        assertThat(read("failed/link.error.json").at("/error/message").textValue())
                .contains("regular file");
        assertThat(secret).exists();
        assertThat(calls).hasValue(0);
    }

    @Test
    void refusesWhatIsNoJsonObject() throws Exception {
        chain = exchange -> Calls.of(exchange).getRequest().tree();
        start();
        drop("empty.json", "");
        drop("text.json", "hello");
        drop("array.json", "[]");
        Files.write(home.resolve("inbox/latin.json"), new byte[] {'{', '"', (byte) 0xe9, '"', ':', '1', '}'});

        for (String name : List.of("empty", "text", "array", "latin")) {
            await("failed/" + name + ".json");
            assertThat(read("failed/" + name + ".error.json").at("/error/code").textValue())
                    .isEqualTo("invalid_request");
        }
    }

    @Test
    void worksOnNoMoreFilesAtOnceThanAllowed() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch threeAtWork = new CountDownLatch(3);
        chain = exchange -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            threeAtWork.countDown();
            assertThat(threeAtWork.await(10, TimeUnit.SECONDS)).isTrue();
            exchange.getMessage().setBody(Triggers.echo(exchange));
            now.decrementAndGet();
        };
        start();
        for (int i = 0; i < 30; i++) {
            drop("q" + i + ".json", Triggers.request("hello " + i));
        }

        Await.until(SOON, "30 answers", () -> names("done").size() == 30);
        assertThat(most).hasValue(3);
        assertThat(names("outbox"))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 30).mapToObj(i -> "q" + i + ".json").toList());
    }

    @Test
    void letsARequestWaitWhoseNameIsBeingAnswered() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        chain = exchange -> {
            first.countDown();
            assertThat(release.await(10, TimeUnit.SECONDS)).isTrue();
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        start();
        drop("same.json", Triggers.request("first"));
        assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
        drop("same.json", Triggers.request("second"));
        release.countDown();

        Path done = home.resolve("done/same.json");
        Await.until(
                SOON,
                "both to be answered",
                () -> Files.exists(done) && Files.readString(done).contains("second"));
        assertThat(calls).hasValue(2);
        assertThat(Files.readString(home.resolve("outbox/same.json"))).contains("second");
    }

    @Test
    void removesWhatAnEarlierRequestOfTheNameWasTold() throws Exception {
        start();
        drop("same.json", Triggers.request("first"));
        await("done/same.json");
        chain = exchange -> {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "No.");
        };
        drop("same.json", Triggers.request("second"));
        await("failed/same.json");
        assertThat(names("outbox")).isEmpty();

        chain = exchange -> exchange.getMessage().setBody(Triggers.echo(exchange));
        Files.move(home.resolve("failed/same.json"), home.resolve("inbox/same.json"));
        await("outbox/same.json");
        assertThat(names("failed")).isEmpty();
    }

    @Test
    void asksAgainAfterACrashBeforeTheAnswer() throws Exception {
        Files.createDirectories(home.resolve("inbox/.claimed"));
        Files.writeString(home.resolve("inbox/.claimed/lost.json"), Triggers.request("lost"));
        start();

        assertThat(answer("lost.json").at("/choices/0/message/content").textValue())
                .isEqualTo("echo: lost");
        await("done/lost.json");
        assertThat(calls).hasValue(1);
    }

    @Test
    void asksNotAgainAfterACrashBetweenTheAnswerAndTheMove() throws Exception {
        Files.createDirectories(home.resolve("inbox/.claimed"));
        Files.createDirectories(home.resolve("outbox"));
        Files.writeString(home.resolve("inbox/.claimed/told.json"), Triggers.request("told"));
        Files.writeString(home.resolve("outbox/told.json"), "{\"the\":\"answer\"}");
        start();

        await("done/told.json");
        drop("next.json", Triggers.request("next"));
        await("done/next.json");
        assertThat(home.resolve("outbox/told.json")).hasContent("{\"the\":\"answer\"}");
        assertThat(calls).hasValue(1);
    }

    @Test
    void keepsBothRequestsWhenOneOfTheNameWasDroppedBeforeTheRestart() throws Exception {
        Files.createDirectories(home.resolve("inbox/.claimed"));
        Files.writeString(home.resolve("inbox/.claimed/same.json"), Triggers.request("before"));
        Files.writeString(home.resolve("inbox/same.json"), Triggers.request("after"));
        start();

        assertThat(answer("same.json").at("/choices/0/message/content").textValue())
                .isEqualTo("echo: after");
        assertThat(answer("same.1.json").at("/choices/0/message/content").textValue())
                .isEqualTo("echo: before");
    }

    @Test
    void asksAgainAfterAStopThatCutTheCallOff() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        chain = exchange -> {
            reached.countDown();
            new CountDownLatch(1).await(); // until the worker is interrupted
        };
        create();
        context.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
        context.getShutdownStrategy().setTimeout(1);
        context.start();
        drop("cut.json", Triggers.request("again"));
        assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
        context.stop();
        Await.until(SOON, "the claim to stay", () -> names("inbox/.claimed").contains("cut.json"));
        assertThat(names("failed")).isEmpty();

        chain = exchange -> exchange.getMessage().setBody(Triggers.echo(exchange));
        start();
        assertThat(answer("cut.json").at("/choices/0/message/content").textValue())
                .isEqualTo("echo: again");
    }

    @Test
    void leavesARequestClaimedWhoseCallAShutdownCancelled() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        chain = exchange -> {
            Calls.of(exchange).cancellation().cancel();
            cancelled.countDown();
            throw Problem.of(ErrorCode.SHUTTING_DOWN, "The gateway is shutting down.");
        };
        start();
        drop("cut.json", Triggers.request("hello"));
        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        stop();

        assertThat(names("inbox/.claimed")).containsExactly("cut.json");
        assertThat(names("failed")).isEmpty();
    }

    @Test
    void answersWhatIsUnderWayBeforeItStops() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        chain = exchange -> {
            reached.countDown();
            assertThat(release.await(10, TimeUnit.SECONDS)).isTrue();
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        settings.put("llm.files.parallel", 1);
        start();
        drop("first.json", Triggers.request("hello"));
        assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
        drop("second.json", Triggers.request("hello"));
        Thread stopping = new Thread(context::stop);
        stopping.start();
        Await.until(SOON, "the stop to begin", () -> Triggers.takesNoMore(context));
        release.countDown();
        stopping.join(SOON.toMillis());

        assertThat(names("done")).contains("first.json");
        assertThat(names("outbox")).hasSameSizeAs(names("done"));
        assertThat(names("inbox/.claimed")).isEmpty();
        assertThat(names("failed")).isEmpty();
    }

    @Test
    void movesToFailedWhenTheAnswerCannotBeWritten() throws Exception {
        start();
        Files.createDirectory(home.resolve("outbox/.block.json"));
        Files.createFile(home.resolve("outbox/.block.json/full"));
        drop("block.json", Triggers.request("hello"));

        await("failed/block.json");
        assertThat(read("failed/block.error.json").at("/error/code").textValue())
                .isEqualTo("internal_error");
        assertThat(read("failed/block.error.json").at("/error/request_id").textValue())
                .startsWith("req_");
    }

    @Test
    void actsForTheConfiguredKeyAndShowsTheChainNoFileHeaders() throws Exception {
        AtomicReference<Exchange> seen = new AtomicReference<>();
        AtomicReference<Map<String, Object>> headers = new AtomicReference<>();
        chain = exchange -> {
            seen.set(exchange);
            headers.set(new HashMap<>(exchange.getMessage().getHeaders()));
            exchange.getMessage().setHeader("CamelFileName", "../../evil");
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        settings.put("llm.files.key-id", "batch");
        start();
        drop("key.json", Triggers.request("hello"));

        await("done/key.json");
        assertThat(seen.get().getProperty("llm.keyId")).isEqualTo("batch");
        assertThat(headers.get()).isEmpty();
        assertThat(names("outbox")).containsExactly("key.json");
    }

    @Test
    void setsNoKeyWhenNoneIsConfigured() throws Exception {
        AtomicReference<Exchange> seen = new AtomicReference<>();
        chain = exchange -> {
            seen.set(exchange);
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        start();
        drop("open.json", Triggers.request("hello"));

        await("done/open.json");
        assertThat(seen.get().getProperties()).doesNotContainKey("llm.keyId");
    }

    @Test
    void refusesAnInboxThatAnotherGatewayServes() throws Exception {
        start();
        try (CamelContext second = Triggers.context(settings, chain, "files.camel.yaml")) {
            assertThatThrownBy(second::start)
                    .rootCause()
                    .hasMessageContaining("llm.files.inbox")
                    .hasMessageContaining("another gateway");
        }
        drop("still.json", Triggers.request("hello"));
        await("done/still.json");
    }

    @Test
    void refusesOneDirectoryForTwoPurposes() throws Exception {
        settings.put("llm.files.outbox", home.resolve("inbox/../inbox"));
        create();
        assertThatThrownBy(context::start)
                .hasMessageContaining("llm.files.outbox")
                .hasMessageContaining("llm.files.inbox");
    }

    @Test
    void touchesNothingUnlessEnabled() throws Exception {
        settings.put("llm.files.enabled", false);
        start();

        assertThat(context.getRoute("llm-files")).isNull();
        assertThat(home).isEmptyDirectory();
    }

    private void create() throws Exception {
        context = Triggers.context(
                settings,
                exchange -> {
                    calls.incrementAndGet();
                    assertThat(exchange.getProperty("llm")).isInstanceOf(Call.class);
                    chain.process(exchange);
                },
                "files.camel.yaml");
    }

    private void start() throws Exception {
        create();
        context.start();
    }

    private Path drop(String name, String content) throws Exception {
        Path inbox = Files.createDirectories(home.resolve("inbox"));
        Path temp = Files.writeString(home.resolve("dropping"), content);
        return Files.move(temp, inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void await(String path) throws Exception {
        Await.until(SOON, path, () -> Files.exists(home.resolve(path), java.nio.file.LinkOption.NOFOLLOW_LINKS));
    }

    private JsonNode answer(String name) throws Exception {
        await("outbox/" + name);
        return read("outbox/" + name);
    }

    private JsonNode read(String path) throws Exception {
        return Json.read(Files.readAllBytes(home.resolve(path)));
    }

    private List<String> names(String folder) throws Exception {
        try (Stream<Path> paths = Files.list(home.resolve(folder))) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(".claimed") && !name.equals(".lock"))
                    .toList();
        }
    }
}
