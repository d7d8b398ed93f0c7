package io.github.camelllm.cache;

import static io.github.camelllm.cache.CachedChain.QUESTION;
import static io.github.camelllm.cache.CachedChain.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Usage;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the cache gives again and what it does not, through a route. */
class CacheTest {

    private static final String STREAMED = QUESTION.replace("{\"model\"", "{\"stream\":true,\"model\"");

    @TempDir
    Path directory;

    private CachedChain chain;

    @BeforeEach
    void make() {
        chain = new CachedChain(directory);
    }

    @AfterEach
    void stop() {
        chain.close();
    }

    /** Asks twice; whether the second time was answered without a model. */
    private boolean isKept(String json, String... headers) {
        chain.asked.set(0);
        chain.ask(json, headers);
        return chain.ask(json, headers).cache().equals("hit") && chain.asked.get() == 1;
    }

    @Test
    void givesAnAnswerAgainAndSaysWhatItSaves() throws Exception {
        chain.start();

        assertThat(chain.ask(QUESTION).cache()).isEqualTo("miss");
        chain.text = "another";
        chain.ticker.advance(Duration.ofSeconds(90));
        CachedChain.Outcome second = chain.ask(QUESTION);

        assertThat(second.text()).isEqualTo("42");
        assertThat(second.cache()).isEqualTo("hit");
        assertThat(chain.asked).hasValue(1);
        Call call = second.call();
        assertThat(call.getCacheHit().tier()).isEqualTo("exact");
        assertThat(call.getCacheHit().ageSeconds()).isEqualTo(90);
        assertThat(call.getCacheHit().usage()).isEqualTo(Usage.reported(10, 5, 0, 0));
        assertThat(call.getCacheHit().saved()).isEqualByComparingTo(BigDecimal.valueOf(15));
        assertThat(call.getUsage()).isNull();
        assertThat(call.getAttempts()).isEmpty();
        assertThat(call.getModel()).isEqualTo("sim");
        assertThat(call.getProvider()).isEqualTo("simulator");
        assertThat(call.getFinishReason()).isEqualTo("stop");
        assertThat(call.answerHeaders()).containsEntry("X-LLM-Cost-USD", "0").containsEntry("Age", "90");
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void servesPlainRequestsAndStreamsFromTheOther(boolean first, boolean second) throws Exception {
        chain.start();

        CachedChain.Outcome one = chain.ask(first ? STREAMED : QUESTION);
        CachedChain.Outcome two = chain.ask(second ? STREAMED : QUESTION);

        assertThat(one.text()).isEqualTo("42");
        assertThat(two.text()).isEqualTo("42");
        assertThat(one.streamed()).isEqualTo(first);
        assertThat(two.streamed()).isEqualTo(second);
        assertThat(two.cache()).isEqualTo("hit");
        assertThat(two.call().getCacheHit().usage().totalTokens()).isEqualTo(15);
    }

    @Test
    void answersAreTheCallersOwn() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        chain.cache
                .find(chain.call(QUESTION, who("acme", "ann")))
                .orElseThrow()
                .edit()
                .removeAll();

        assertThat(chain.ask(QUESTION).text()).isEqualTo("42");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"temperature\":0}',true",
        "'{\"temperature\":0.0}',true",
        "'{\"temperature\":0.1}',false",
        "'{\"seed\":7}',true",
        "'{\"seed\":null}',false",
        "'{}',false",
        "'{\"temperature\":1,\"seed\":7}',false",
        "'{\"temperature\":0,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}',true",
        "'{\"temperature\":0,\"tools\":[{\"type\":\"web_search\"}]}',false",
        "'{\"temperature\":0,\"web_search_options\":{}}',false",
        "'{\"temperature\":0,\"mcp_servers\":[]}',false"
    })
    void keepsAnswersToSteadyRequestsAlone(String fields, boolean kept) throws Exception {
        chain.start();
        var request = (com.fasterxml.jackson.databind.node.ObjectNode) Json.read(fields.getBytes());
        request.put("model", "m")
                .putArray("messages")
                .addObject()
                .put("role", "user")
                .put("content", "hi");

        assertThat(isKept(request.toString())).isEqualTo(kept);
        if (!kept) {
            assertThat(chain.ask(request.toString()).cache()).isEqualTo("bypass");
        }
    }

    @Test
    void theTemperatureThatIsKeptCanBeSet() throws Exception {
        chain.rules("temperature: 0.5\nunset-temperature: keep\n").start();

        assertThat(isKept(QUESTION.replace("\"temperature\":0", "\"temperature\":0.5")))
                .isTrue();
        assertThat(isKept(QUESTION.replace("\"temperature\":0", "\"temperature\":0.6")))
                .isFalse();
        assertThat(isKept(QUESTION.replace("\"temperature\":0,", ""))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"classification,48", "Classification,48", "code,3", "poetry,1", ",1"})
    void keepsThemAsLongAsTheirTaskAllows(String task, int hours) throws Exception {
        chain.start();
        String[] headers = task == null ? new String[0] : new String[] {"X-LLM-Task", task};

        chain.ask(QUESTION, headers);
        chain.ticker.advance(Duration.ofHours(hours).minusSeconds(1));
        assertThat(chain.ask(QUESTION, headers).cache()).isEqualTo("hit");
        chain.ticker.advance(Duration.ofSeconds(1));
        assertThat(chain.ask(QUESTION, headers).cache()).isEqualTo("miss");
    }

    @Test
    void keepsNothingCreative() throws Exception {
        chain.start();
        assertThat(isKept(QUESTION, "X-LLM-Task", "creative")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Who is the current king?", "What day is it TODAY?", "Wer ist heute Kanzler?"})
    void timeWordsMakeItShort(String question) throws Exception {
        chain.start();
        String json = QUESTION.replace("What is six times seven?", question);

        chain.ask(json);
        chain.ticker.advance(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(chain.ask(json).cache()).isEqualTo("hit");
        chain.ticker.advance(Duration.ofSeconds(1));
        assertThat(chain.ask(json).cache()).isEqualTo("miss");
    }

    @Test
    void aTimeWordIsAWordOfItsOwn() throws Exception {
        chain.start();
        String json = QUESTION.replace("What is six times seven?", "Explain currents and know-how in snow");
        chain.ask(json);
        chain.ticker.advance(Duration.ofMinutes(30));
        assertThat(chain.ask(json).cache()).isEqualTo("hit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"length", "content_filter", "tool_calls", "function_call", "error", ""})
    void keepsNoAnswerThatIsNotWhole(String finishReason) throws Exception {
        chain.start();
        chain.finishReason = finishReason;

        assertThat(isKept(QUESTION)).isFalse();
        assertThat(isKept(STREAMED)).isFalse();
    }

    @Test
    void keepsNoRefusalAndNothingUnheardOf() throws Exception {
        chain.start();
        for (String field : new String[] {"refusal", "annotations", "thinking_blocks", "audio"}) {
            chain.model = exchange -> {
                chain.answer(exchange);
                Answer answer = exchange.getMessage().getBody(Answer.class);
                ((com.fasterxml.jackson.databind.node.ObjectNode) answer.tree().at("/choices/0/message"))
                        .putArray(field)
                        .add("x");
            };
            assertThat(isKept(QUESTION)).as(field).isFalse();
        }
    }

    @Test
    void keepsCallsOfToolsThatOnlyRead() throws Exception {
        chain.rules("reading-tools: [look_up]\n").start();
        chain.finishReason = "tool_calls";
        String[] name = {"look_up"};
        chain.model = exchange -> {
            chain.answer(exchange);
            Answer answer = exchange.getMessage().getBody(Answer.class);
            var message = (com.fasterxml.jackson.databind.node.ObjectNode)
                    answer.edit().at("/choices/0/message");
            message.putNull("content");
            message.putArray("tool_calls")
                    .addObject()
                    .put("id", "c1")
                    .put("type", "function")
                    .putObject("function")
                    .put("name", name[0])
                    .put("arguments", "{}");
        };

        assertThat(isKept(QUESTION)).isTrue();
        name[0] = "send_money";
        assertThat(isKept(QUESTION.replace("six", "two"))).isFalse();
    }

    @Test
    void keepsNothingThatFailedWasDegradedOrMended() throws Exception {
        chain.start();
        chain.model = exchange -> {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        };
        assertThat(chain.ask(QUESTION).failure()).isInstanceOf(Problem.class);
        chain.model = exchange -> {
            chain.answer(exchange);
            Calls.of(exchange).recovered("restarted");
        };
        assertThat(isKept(QUESTION)).isFalse();
        chain.model = exchange -> {
            chain.answer(exchange);
            Calls.of(exchange).degrade("static", Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck"));
        };
        assertThat(isKept(QUESTION)).isFalse();
        chain.model = chain::answer;
        assertThat(isKept(QUESTION)).isTrue();
    }

    @Test
    void keepsNoStreamThatWasCutOrLeft() throws Exception {
        chain.start();
        chain.model = exchange -> {
            chain.answer(exchange);
            var stream = exchange.getMessage().getBody(io.github.camelllm.call.TokenStream.class);
            int[] left = {3};
            exchange.getMessage().setBody(stream.map(event -> {
                if (left[0]-- == 0) {
                    throw Problem.of(ErrorCode.UPSTREAM_ERROR, "cut");
                }
                return event;
            }));
        };
        assertThat(chain.ask(STREAMED).failure()).isInstanceOf(Problem.class);
        chain.model = chain::answer;
        assertThat(chain.ask(STREAMED).cache()).isEqualTo("miss");
        assertThat(chain.ask(STREAMED).cache()).isEqualTo("hit");
    }

    @Test
    void tooLargeIsNotKept() throws Exception {
        chain.rules("max-answer: 2 KB\nmax-request: 4 KB\n").start();

        assertThat(isKept(QUESTION)).isTrue();
        assertThat(isKept(QUESTION.replace("six", "x".repeat(5000)))).isFalse();
        chain.text = "y".repeat(3000);
        assertThat(isKept(QUESTION.replace("six", "two"))).isFalse();
        assertThat(isKept(STREAMED.replace("six", "two"))).isFalse();
    }

    @Test
    void largeAnswersComeBackWholeThoughTheyAreCompressed() throws Exception {
        chain.start();
        chain.text = "Zwölf Boxkämpfer 🥊 jagen Viktor. ".repeat(2000);
        assertThat(isKept(QUESTION)).isTrue();
        assertThat(chain.ask(QUESTION).text()).isEqualTo(chain.text);
        assertThat(chain.cache.drop(kept -> kept.weight() < 10_000)).isEqualTo(1);
    }

    @Test
    void theClientHasItsSay() throws Exception {
        chain.start();
        chain.ask(QUESTION, "X-LLM-Cache", "no-store");
        assertThat(chain.ask(QUESTION).cache()).isEqualTo("miss");

        chain.text = "new";
        assertThat(chain.ask(QUESTION, "X-LLM-Cache", "no-store").text()).isEqualTo("new");
        assertThat(chain.ask(QUESTION).text()).isEqualTo("42");

        CachedChain.Outcome fresh = chain.ask(QUESTION, "X-LLM-Cache", "No-Cache");
        assertThat(fresh.text()).isEqualTo("new");
        assertThat(fresh.cache()).isEqualTo("bypass");
        assertThat(chain.ask(QUESTION).text()).isEqualTo("new");
    }

    @Test
    void refusesAWishItDoesNotKnow() throws Exception {
        chain.start();
        assertThat(chain.ask(QUESTION, "X-LLM-Cache", "nocache").failure())
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(problem).hasMessage("X-LLM-Cache is not no-cache or no-store.");
                });
        assertThat(chain.asked).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"tenant,true,false", "user,false,false", "global,true,true"})
    void isSharedWithinItsScope(String scope, boolean otherUser, boolean otherTenant) throws Exception {
        chain.rules("scope: " + scope).start();
        chain.send(chain.call(QUESTION, who("acme", "ann")));

        assertThat(chain.send(chain.call(QUESTION, who("acme", "bob"))).cache().equals("hit"))
                .isEqualTo(otherUser);
        assertThat(chain.send(chain.call(QUESTION, who("beta", "ann"))).cache().equals("hit"))
                .isEqualTo(otherTenant);
    }

    @Test
    void keepsEmbeddings() throws Exception {
        chain.start();
        chain.operation = Operation.EMBEDDINGS;
        chain.model = exchange -> {
            chain.answer(exchange);
            var answer = Json.object().put("object", "list");
            answer.putArray("data").addObject().putArray("embedding").add(0.5);
            exchange.getMessage().setBody(new Answer(null, answer));
        };
        String json = "{\"model\":\"e\",\"input\":\"hello\"}";
        assertThat(isKept(json)).isTrue();
        assertThat(isKept(json.replace("hello", "world"))).isTrue();
        chain.ticker.advance(Duration.ofHours(24));
        assertThat(chain.ask(json).cache()).isEqualTo("miss");
    }

    @Test
    void aNewVersionFindsNothingOld() throws Exception {
        chain.rules("version: a").start();
        chain.ask(QUESTION);
        chain.rules("version: bc");
        chain.ticker.advance(WatchedFile.INTERVAL.plusSeconds(1));
        Await.value("a question by the new version", () -> chain.ask(QUESTION).cache(), "miss"::equals);
        assertThat(chain.asked).hasValue(2);
    }

    @Test
    void aShorterTimeHoldsForWhatIsKeptAlready() throws Exception {
        chain.rules("ttl: 1h").start();
        chain.ask(QUESTION);
        chain.rules("ttl: 1m").ticker.advance(Duration.ofMinutes(2));
        Await.value(
                "an answer too old by the new rules", () -> chain.ask(QUESTION).cache(), "miss"::equals);
    }

    /** What a stream takes on the wire is many times its text. */
    @Test
    void aLongStreamIsKeptAsLongAsItsTextIsNotTooLong() throws Exception {
        chain.rules("max-answer: 8 KB\n").start();
        chain.text = "z".repeat(4000);

        assertThat(isKept(STREAMED)).isTrue();
    }

    @Test
    void offersWhatIsTooOldToDegrade() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        chain.ticker.advance(Duration.ofMinutes(90));
        chain.model = exchange -> {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        };
        Call call = chain.send(chain.call(QUESTION, who("acme", "ann"))).call();

        Optional<Answer> stale = chain.cache.find(call);

        assertThat(stale.orElseThrow().tree().at("/choices/0/message/content").asText())
                .isEqualTo("42");
        assertThat(call.getCache()).isEqualTo("stale");
        assertThat(call.getCacheHit().tier()).isEqualTo("stale");
        assertThat(call.getCacheHit().ageSeconds()).isEqualTo(5400);
        assertThat(call.getCacheHit().saved()).isNull();
        assertThat(call.answerHeaders()).containsEntry("Age", "5400");

        chain.ticker.advance(Duration.ofMinutes(30));
        assertThat(chain.cache.find(chain.call(QUESTION, who("acme", "ann")))).isEmpty();
    }

    /** One that failed, that was passed over for now, or that cannot do it at all. */
    @ParameterizedTest
    @CsvSource({"upstream_error,5m", "passed over,5m", "context_length_exceeded,1h", "upstream_error,never"})
    void anAnswerThatStandsInForAnotherModelsIsSoonAskedForAnew(String why, String given) throws Exception {
        chain.rules(given.equals("never") ? "fallback-ttl: never\n" : "fallback-ttl: 5m\n");
        chain.model = exchange -> {
            Call call = Calls.of(exchange);
            if (why.equals("passed over")) {
                call.passedOver();
            } else {
                ErrorCode code = ErrorCode.valueOf(why.toUpperCase(java.util.Locale.ROOT));
                call.attempt("first", "simulator").failed(Problem.of(code, "no luck"));
            }
            chain.answer(exchange);
        };
        chain.start();
        chain.ask(QUESTION);
        chain.model = chain::answer;

        assertThat(chain.ask(QUESTION).cache()).isEqualTo(given.equals("never") ? "miss" : "hit");
        chain.ticker.advance(Duration.ofMinutes(6));
        assertThat(chain.ask(QUESTION).cache()).isEqualTo(given.equals("5m") ? "miss" : "hit");
    }

    @Test
    void offersNothingStaleToThoseWhoWantItFreshOrAskWhatIsNotCached() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        assertThat(chain.cache.find(chain.call(QUESTION, who("acme", "ann")))).isPresent();
        assertThat(chain.cache.find(chain.call(QUESTION, who("acme", "ann"), "X-LLM-Cache", "no-cache")))
                .isEmpty();
        assertThat(chain.cache.find(chain.call(QUESTION, who("beta", "ann")))).isEmpty();
    }

    @Test
    void isOffWithoutTiers() throws Exception {
        chain.cache.setTiers("off");
        chain.start();
        assertThat(isKept(QUESTION)).isFalse();
        assertThat(chain.ask(QUESTION).cache()).isEqualTo("bypass");
    }

    @Test
    void doesNotStartWithATierThatIsNone() {
        chain.cache.setTiers("exact, sematic");
        assertThatThrownBy(() -> chain.start())
                .hasStackTraceContaining("cache.tiers names 'sematic'; exact, normalised, names of beans of type"
                        + " io.github.camelllm.cache.CacheTier are allowed");
    }

    @Test
    void doesNotStartWithAStoreThatIsNone() {
        chain.cache.setStore("http://redis:6379");
        assertThatThrownBy(() -> chain.start())
                .hasStackTraceContaining(
                        "cache.store (llm.cache.store) is no address of a store; nothing, memory or redis://");
        assertThatThrownBy(() -> chain.cache.setStoreTimeout(Duration.ofSeconds(2)))
                .hasMessage("cache.storeTimeout (llm.cache.store-timeout) is PT2S; 5ms to 1s is allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"off,exact", "exact,off", "exact,exact", "exact,,normalised", "", " "})
    void refusesTiersThatMakeNoSense(String tiers) {
        assertThatThrownBy(() -> chain.cache.setTiers(tiers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cache.tiers is '" + tiers + "'; off alone, or names separated by commas");
    }

    @ParameterizedTest
    @ValueSource(strings = {"64", "0 MB", "64 megabytes", ""})
    void refusesASizeThatIsNone(String size) {
        assertThatThrownBy(() -> chain.cache.setMaxSize(size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a size such as 500 KB, 64 MB or 2 GB is allowed");
    }

    @Test
    void asksATierOfTheUsersOwnAndGoesOnWithoutItWhenItFails() throws Exception {
        boolean[] fails = {false};
        String[] known = {null};
        chain.context.getRegistry().bind("own", CacheTier.class, new CacheTier() {
            @Override
            public String name() {
                return "semantic";
            }

            @Override
            public Optional<Match> find(Call call, Question question) {
                if (fails[0]) {
                    throw new IllegalStateException("no luck");
                }
                return known[0] == null ? Optional.empty() : Optional.of(new Match(known[0], 0.97));
            }

            @Override
            public void add(Call call, Question question) {
                known[0] = known[0] == null ? question.id() : known[0];
            }

            @Override
            public void remove(String partition, String id) {
                known[0] = null;
            }
        });
        chain.cache.setTiers("exact,semantic");
        chain.start();
        chain.ask(QUESTION);

        CachedChain.Outcome near = chain.ask(QUESTION.replace("six times seven", "6 × 7"));
        assertThat(near.cache()).isEqualTo("semantic");
        assertThat(near.call().getCacheHit().similarity()).isEqualTo(0.97);
        assertThat(chain.ask(QUESTION.replace("auto", "other").replace("six", "two"))
                        .cache())
                .as("another partition")
                .isEqualTo("miss");
        fails[0] = true;
        assertThat(chain.ask(QUESTION.replace("six times seven", "7 × 6")).cache())
                .isEqualTo("miss");
        assertThat(chain.cache.drop(kept -> true)).isEqualTo(3);
        assertThat(known[0]).isNull();
    }

    /** A tier may have a share of its matches checked: the caller gets what is kept, and the tier what a model says as well. */
    @Test
    void aMatchThatIsCheckedIsGivenAndAModelAskedBehindIt() throws Exception {
        List<String> compared = new CopyOnWriteArrayList<>();
        boolean[] checks = {true};
        chain.context.getRegistry().bind("own", CacheTier.class, new CacheTier() {
            private volatile String known;

            @Override
            public String name() {
                return "semantic";
            }

            @Override
            public Optional<Match> find(Call call, Question question) {
                return Optional.ofNullable(known).map(id -> new Match(id, 0.97));
            }

            @Override
            public void add(Call call, Question question) {
                known = question.id();
            }

            @Override
            public void remove(String partition, String id) {
                known = null;
            }

            @Override
            public boolean checks(Question question, Match match) {
                return checks[0];
            }

            @Override
            public void compared(Question question, Match match, Answer kept, Answer fresh) {
                String path = "/choices/0/message/content";
                compared.add(question.text() + " " + kept.tree().at(path).asText() + " "
                        + fresh.tree().at(path).asText());
            }
        });
        chain.cache.setTiers("semantic");
        chain.start();
        chain.ask(QUESTION);
        chain.text = "43";

        CachedChain.Outcome checked = chain.ask(QUESTION.replace("What is", "How much is"));
        assertThat(checked.text()).isEqualTo("42");
        assertThat(checked.cache()).isEqualTo("semantic");
        Await.until("a comparison", () -> !compared.isEmpty());
        assertThat(compared).containsExactly("How much is six times seven? 42 43");
        checks[0] = false;
        assertThat(chain.ask(STREAMED.replace("What is", "What would be")).cache())
                .isEqualTo("semantic");
        assertThat(compared).hasSize(1);
    }

    @Test
    void findsWhatDiffersInCourtesyAlone() throws Exception {
        chain.cache.setTiers("exact,normalised");
        chain.start();
        chain.ask(QUESTION);

        CachedChain.Outcome second = chain.ask(QUESTION.replace("What is", "Please,  WHAT is".replace("WHAT", "what")));
        assertThat(second.cache()).isEqualTo("hit");
        assertThat(second.call().getCacheHit().tier()).isEqualTo("normalised");
        assertThat(chain.ask(QUESTION.replace("seven", "eight")).cache()).isEqualTo("miss");
    }

    /** What is kept for a version is given to who asks for that version alone. */
    @Test
    void versionsOfAModelShareNoAnswers() throws Exception {
        chain.start();

        for (String model : List.of("m", "m-2024-08-06", "m-2024-11-20", "m-latest")) {
            String asked = QUESTION.replaceFirst("\"model\":\"[^\"]*\"", "\"model\":\"" + model + "\"");
            assertThat(chain.ask(asked).cache()).as(model).isEqualTo("miss");
            assertThat(chain.ask(asked).cache()).as(model).isEqualTo("hit");
        }
    }
}
