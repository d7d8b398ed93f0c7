package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The step in a route of YAML, in flow mode. */
class AuthenticateTest {

    private static final Map<String, Object> NONE = Map.of();
    private static final NewKey PLAIN = NewKey.generate();
    private static final NewKey TRUSTED = NewKey.generate();
    private static final NewKey DISABLED = NewKey.generate();
    private static final NewKey EXPIRING = NewKey.generate();
    private static final String ROUTE =
            """
            - beans:
                - name: authenticate
                  type: io.github.camelllm.access.Authenticate
                  properties: { configDir: "%s", keysFile: "%s" }
            - route:
                from:
                  uri: direct:in
                  steps:
                    - policy: { ref: authenticate }
                    - process: { ref: model }
            """;

    @TempDir
    static Path directory;

    private TestRoute route;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(
                directory.resolve("keys.yaml"),
                """
                keys:
                  - { id: plain, sha256: %s, tenant: acme, user: ana, team: red, tier: pro, models: [sim] }
                  - { id: trusted, sha256: %s, tenant: acme, team: web, speaks-for-others: true }
                  - { id: disabled, sha256: %s, enabled: false }
                  - { id: expiring, sha256: %s, expires: 2026-12-31 }
                """
                        .formatted(PLAIN.sha256(), TRUSTED.sha256(), DISABLED.sha256(), EXPIRING.sha256()));
        route = new TestRoute(ROUTE.formatted(directory, "keys.yaml"));
    }

    @AfterEach
    void stop() {
        route.close();
    }

    private static Map<String, Object> bearer(NewKey key) {
        return Map.of("Authorization", "Bearer " + key.key());
    }

    private Identity identity(Map<String, Object> headers) throws Exception {
        return route.send("{}", headers, NONE).getIdentity();
    }

    private Problem refused(Map<String, Object> headers) throws Exception {
        return route.refused("{}", headers, NONE);
    }

    @Test
    void aRevokedKeyIsRefusedHalfASecondLaterAndAnAddedOneIsKnown() throws Exception {
        NewKey added = NewKey.generate();
        assertThat(identity(bearer(PLAIN)).keyId()).isEqualTo("plain");
        Files.writeString(directory.resolve("keys.yaml"), "keys:\n  - { id: added, sha256: " + added.sha256() + " }\n");
        route.ticker.set("2026-06-01T00:00:00.500Z");
        assertThat(refused(bearer(PLAIN)).code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        assertThat(identity(bearer(added)).keyId()).isEqualTo("added");

        Files.writeString(directory.resolve("keys.yaml"), "keys: [ half");
        route.ticker.set("2026-06-01T00:00:01Z");
        assertThat(identity(bearer(added)).keyId()).isEqualTo("added");
        assertThat(refused(bearer(PLAIN)).code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        Files.delete(directory.resolve("keys.yaml"));
        route.ticker.set("2026-06-01T00:00:02Z");
        assertThat(refused(NONE).code())
                .as("a keys file that is gone opens nothing")
                .isEqualTo(ErrorCode.INVALID_API_KEY);
    }

    @Test
    void knowsCallersByTheirKey() throws Exception {
        Identity ana = new Identity("plain", "acme", "ana", "red", "pro", Set.of("sim"));

        assertThat(identity(bearer(PLAIN))).isEqualTo(ana);
        assertThat(identity(Map.of("x-api-key", PLAIN.key()))).isEqualTo(ana);
        assertThat(identity(Map.of("authorization", "bearer  " + PLAIN.key() + " ")))
                .isEqualTo(ana);
    }

    @Test
    void saysHowToSendAKeyThatIsMissing() throws Exception {
        for (Map<String, Object> headers : List.<Map<String, Object>>of(
                NONE,
                Map.of("Authorization", "Bearer "),
                Map.of("Authorization", "Basic YTpi"),
                Map.of("x-api-key", " "))) {
            Problem problem = refused(headers);

            assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_API_KEY);
            assertThat(problem.status()).isEqualTo(401);
            assertThat(problem)
                    .hasMessage("No API key was sent. Send one in the header 'Authorization: Bearer <key>', or in"
                            + " 'x-api-key'.");
        }
    }

    @Test
    void refusesWrongDisabledAndExpiredKeysInTheSameWords() throws Exception {
        route.ticker.set("2027-01-01T00:00:00Z");
        NewKey wrong = NewKey.generate();

        Problem unknown = refused(bearer(wrong));
        Problem disabled = refused(bearer(DISABLED));
        Problem expired = refused(bearer(EXPIRING));

        assertThat(unknown.code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        assertThat(unknown)
                .hasMessage("The API key is not valid: it is unknown, disabled or expired. Send one in the header"
                        + " 'Authorization: Bearer <key>', or in 'x-api-key'.");
        assertThat(disabled).hasMessage(unknown.getMessage());
        assertThat(expired).hasMessage(unknown.getMessage());
        assertThat(unknown.detail()).contains("no such key");
        assertThat(disabled.detail()).contains("key 'disabled' is disabled");
        assertThat(expired.detail()).contains("key 'expiring' expired at 2027-01-01T00:00:00Z");
        assertThat(unknown.toString()).doesNotContain(wrong.key());
    }

    @Test
    void acceptsAKeyToTheEndOfItsLastDay() throws Exception {
        route.ticker.set("2026-12-31T23:59:59Z");

        assertThat(identity(bearer(EXPIRING)).keyId()).isEqualTo("expiring");
    }

    @Test
    void believesOnlyAKeyThatMaySpeakForOthers() throws Exception {
        Map<String, Object> trusted = Map.of(
                "Authorization", "Bearer " + TRUSTED.key(), "X-LLM-User", "bob@example.com", "X-LLM-Team", "blue");
        Map<String, Object> plain =
                Map.of("Authorization", "Bearer " + PLAIN.key(), "X-LLM-User", "bob", "X-LLM-Team", "blue");

        assertThat(identity(trusted))
                .isEqualTo(new Identity("trusted", "acme", "bob@example.com", "blue", "free", Set.of()));
        assertThat(identity(bearer(TRUSTED)))
                .isEqualTo(new Identity("trusted", "acme", "trusted", "web", "free", Set.of()));
        assertThat(identity(plain)).extracting(Identity::user, Identity::team).containsExactly("ana", "red");
    }

    @Test
    void readsNamesAsUtf8() throws Exception {
        String asServersHandItOver = new String("Zoë".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        assertThat(identity(Map.of("x-api-key", TRUSTED.key(), "X-LLM-User", asServersHandItOver))
                        .user())
                .isEqualTo("Zoë");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-LLM-User", "X-LLM-Team"})
    void refusesWhatIsNoNameWhetherItWouldBeBelievedOrNot(String header) throws Exception {
        for (NewKey key : new NewKey[] {TRUSTED, PLAIN}) {
            Problem problem = refused(Map.of("x-api-key", key.key(), header, "ana\r\nX-Admin: true"));

            assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(problem.param()).contains(header);
            assertThat(problem)
                    .hasMessage(header + " is 'ana??X-Admin: true'; expected 1 to 128 letters, digits, single spaces"
                            + " and . _ + - @ : / | = ' ~ #.");
        }
    }

    @Test
    void refusesWhatIsNoNameOnlyFromCallersItKnows() throws Exception {
        assertThat(refused(Map.of("X-LLM-User", "\0")).code()).isEqualTo(ErrorCode.INVALID_API_KEY);
    }

    @Test
    void letsTheKeyGoNoFurther() throws Exception {
        Call call = route.send("{}", Map.of("Authorization", "Bearer " + PLAIN.key(), "X-Api-Key", "x"), NONE);

        assertThat(call.credential()).isNull();
        assertThat(route.reachedHeaders()).isEmpty();
    }

    @Test
    void actsForTheKeyThatATrustedTriggerNames() throws Exception {
        Call call = route.send("{}", Map.of("X_LLM_User", "bob"), Map.of("llm.keyId", "trusted"));
        Call named = route.send("{}", Map.of("x-api-key", "wrong"), Map.of("llm.keyId", "plain"));

        assertThat(call.getIdentity().keyId()).isEqualTo("trusted");
        assertThat(call.getUser()).isEqualTo("bob");
        assertThat(named.getIdentity().keyId()).isEqualTo("plain");
    }

    @Test
    void tellsOperatorsWhichKeyATriggerNamedInVain() throws Exception {
        route.ticker.set("2027-06-01T00:00:00Z");

        Problem unknown = route.refused("{}", bearer(PLAIN), Map.of("llm.keyId", "nobody"));
        Problem expired = route.refused("{}", NONE, Map.of("llm.keyId", "expiring"));

        assertThat(unknown.code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        assertThat(unknown).hasMessage("The key that this trigger acts for is not valid.");
        assertThat(unknown.detail()).contains("llm.keyId is 'nobody', and no key has that id");
        assertThat(expired).hasMessage(unknown.getMessage());
        assertThat(expired.detail()).contains("key 'expiring' expired at 2027-01-01T00:00:00Z");
    }

    @Test
    void takesNoKeyIdFromAHeader() throws Exception {
        assertThat(refused(Map.of("llm.keyId", "trusted")).code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        assertThat(route.refused("{}", NONE, Map.of("llm.keyId", " ")).code()).isEqualTo(ErrorCode.INVALID_API_KEY);
    }

    @Test
    void keepsWhatItFoundOutWhenTheChainRunsItAgain() throws Exception {
        try (TestRoute twice = new TestRoute(ROUTE.formatted(directory, "keys.yaml")
                .replace("- process:", "- policy: { ref: authenticate }\n        - process:"))) {
            Call call = twice.send("{}", Map.of("x-api-key", TRUSTED.key(), "X-LLM-User", "bob"), NONE);

            assertThat(call.getIdentity().keyId()).isEqualTo("trusted");
            assertThat(call.getUser()).isEqualTo("bob");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "absent.yaml"})
    void knowsNobodyWithoutKeys(String keysFile) throws Exception {
        try (TestRoute open = new TestRoute(ROUTE.formatted(directory, keysFile))) {
            Call call = open.send("{}", Map.of("Authorization", "Bearer sk-anything", "X-LLM-User", "bob"), NONE);
            Problem noName = open.refused("{}", Map.of("X-LLM-User", "a\0b"), NONE);
            Problem noSuchKey = open.refused("{}", NONE, Map.of("llm.keyId", "trusted"));

            assertThat(call.getIdentity()).isEqualTo(Identity.ANONYMOUS);
            assertThat(call.credential()).isNull();
            assertThat(noName.param()).contains("X-LLM-User");
            assertThat(noSuchKey.code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        }
    }

    @Test
    void readsAnAbsolutePathAsItIs() throws Exception {
        try (TestRoute elsewhere = new TestRoute(ROUTE.formatted("nowhere", directory.resolve("keys.yaml")))) {
            assertThat(elsewhere.send("{}", bearer(PLAIN), NONE).getUser()).isEqualTo("ana");
        }
    }

    @Test
    void readsTheKeysAnewWhenItsRouteStartsAgain() throws Exception {
        Path file = directory.resolve("changing.yaml");
        Files.writeString(file, "keys:\n" + PLAIN.yaml("plain"));
        try (TestRoute changing = new TestRoute(ROUTE.formatted(directory, "changing.yaml"))) {
            assertThat(changing.send("{}", bearer(PLAIN), NONE).getUser()).isEqualTo("plain");
            Files.writeString(file, "keys:\n" + TRUSTED.yaml("trusted"));
            String id = changing.context.getRoutes().get(0).getId();
            changing.context.getRouteController().stopRoute(id);
            changing.context.getRouteController().startRoute(id);

            assertThat(changing.refused("{}", bearer(PLAIN), NONE).code()).isEqualTo(ErrorCode.INVALID_API_KEY);
            assertThat(changing.send("{}", bearer(TRUSTED), NONE).getUser()).isEqualTo("trusted");
        }
    }

    @Test
    void doesNotStartWithABadKeysFileAndNamesEveryProblem() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.yaml"), "keys:\n  - { id: a }\n  - { id: b }\n");
        ThrowingCallable start = () -> new TestRoute(ROUTE.formatted(directory, "bad.yaml"));

        assertThatThrownBy(start)
                .hasRootCauseMessage(
                        file + ":2: key 'a': sha256 is missing; 'bin/gateway key' makes a key and its hash\n" + file
                                + ":3: key 'b': sha256 is missing; 'bin/gateway key' makes a key and its hash");
    }

    @Test
    void doesNotStartWithAPathThatIsNone() {
        assertThatThrownBy(() -> AuthenticateSettings.of(null, "a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("authenticate: keysFile is 'a?b'; expected a path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim", "sim-2024-08-06", "sim-20240806", "simulator/sim", "sim-latest"})
    void aKeyForAModelMayUseItsVersions(String asked) throws Exception {
        route.close();
        route = new TestRoute(VALIDATED.formatted(directory, "keys.yaml"));

        assertThat(route.send(chat(asked), bearer(PLAIN), NONE).getAsked()).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"other-2024-08-06", "simulator/other"})
    void aKeyForAModelMayNotUseTheVersionsOfAnother(String asked) throws Exception {
        route.close();
        route = new TestRoute(VALIDATED.formatted(directory, "keys.yaml"));
        route.context
                .getRegistry()
                .findSingleByType(Models.class)
                .add(new Model("other", "simulator", Operation.CHAT, null, true));

        assertThat(route.refused(chat(asked), bearer(PLAIN), NONE).code()).isEqualTo(ErrorCode.MODEL_NOT_ALLOWED);
    }

    private static final String VALIDATED = ROUTE.replace(
                    "- route:", "    - name: validate\n      type: io.github.camelllm.access.Validate\n- route:")
            .replace("- policy: { ref: authenticate }", "- policy: { ref: VALIDATE }")
            .replace("VALIDATE }", "authenticate }\n        - policy: { ref: validate }");

    private static String chat(String model) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    }

    @Test
    void aKeyForAModelMayUseItsVersionsWhereValidationComesFirst() throws Exception {
        route.close();
        route = new TestRoute(VALIDATED
                .replace("ref: authenticate", "ref: x")
                .replace("ref: validate", "ref: authenticate")
                .replace("ref: x", "ref: validate")
                .formatted(directory, "keys.yaml"));

        assertThat(route.send(chat("sim-2024-08-06"), bearer(PLAIN), NONE).getAsked())
                .isEqualTo("sim-2024-08-06");
    }
}
