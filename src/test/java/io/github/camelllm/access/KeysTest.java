package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {

    @TempDir
    Path directory;

    private Keys read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("keys.yaml"), yaml);
        Keys.Read read = Keys.read(file);
        assertThat(read.problems()).isEmpty();
        return read.keys();
    }

    private static Key key(String id, String key) {
        Identity who = new Identity(id, "default", id, "default", "free", Set.of());
        return new Key(NewKey.digest(key), who, false, null, true);
    }

    @Test
    void readsEveryField() throws IOException {
        NewKey fresh = NewKey.generate();
        Keys keys = read(
                """
                keys:
                  - id: chat
                    sha256: %s
                    tenant: Müller + Söhne
                    user: o'brien+x@example.com
                    team: auth0|5f7c
                    tier: pro
                    models: [gpt-4o, "fast"]
                    speaks-for-others: true
                    expires: 2027-01-31T18:00:00+02:00
                    enabled: false
                """
                        .formatted(fresh.sha256()));

        Key key = keys.find(fresh.key()).orElseThrow();

        assertThat(key.identity())
                .isEqualTo(new Identity(
                        "chat",
                        "Müller + Söhne",
                        "o'brien+x@example.com",
                        "auth0|5f7c",
                        "pro",
                        Set.of("gpt-4o", "fast")));
        assertThat(key.speaksForOthers()).isTrue();
        assertThat(key.expires()).contains(Instant.parse("2027-01-31T16:00:00Z"));
        assertThat(key.enabled()).isFalse();
        assertThat(keys.byId("chat")).containsSame(key);
    }

    @Test
    void fillsInWhatIsLeftOut() throws IOException {
        Keys keys = read("keys: [{id: ci, sha256: %s}]".formatted("A".repeat(64)));

        Key key = keys.byId("ci").orElseThrow();

        assertThat(key.identity()).isEqualTo(new Identity("ci", "default", "ci", "default", "free", Set.of()));
        assertThat(key.identity().mayUse("anything")).isTrue();
        assertThat(key.speaksForOthers()).isFalse();
        assertThat(key.expires()).isEmpty();
        assertThat(key.enabled()).isTrue();
    }

    @Test
    void takesAStarForAllModels() throws IOException {
        Keys keys = read(
                """
                keys:
                  - { id: a, sha256: %s, models: "*" }
                  - { id: b, sha256: %s, models: ["*"] }
                """
                        .formatted("a".repeat(64), "b".repeat(64)));

        assertThat(keys.all()).extracting(key -> key.identity().models()).containsOnly(Set.of());
    }

    @Test
    void takesADateForTheWholeDay() throws IOException {
        Key key = read("keys: [{id: ci, sha256: %s, expires: 2027-01-31}]".formatted("a".repeat(64)))
                .byId("ci")
                .orElseThrow();

        assertThat(key.refusedAt(Instant.parse("2027-01-31T23:59:59.999Z"))).isNull();
        assertThat(key.refusedAt(Instant.parse("2027-02-01T00:00:00Z")))
                .isEqualTo("key 'ci' expired at 2027-02-01T00:00:00Z");
    }

    @Test
    void readsAFileThatBeginsWithAByteOrderMark() throws IOException {
        assertThat(read("\ufeffkeys: [{id: ci, sha256: %s}]".formatted("a".repeat(64)))
                        .all())
                .hasSize(1);
    }

    @Test
    void takesNoFileForNoKeys() {
        assertThat(Keys.read(null).keys().isEmpty()).isTrue();
        assertThat(Keys.read(directory.resolve("absent.yaml"))).isEqualTo(new Keys.Read(Keys.NONE, List.of()));
    }

    @Test
    void readsTheExampleAndLetsNobodyInByIt() {
        Keys.Read read = Keys.read(Path.of("config/keys.example.yaml"));

        assertThat(read.problems()).isEmpty();
        assertThat(read.keys().all()).isNotEmpty().noneMatch(Key::enabled);
        assertThat(read.keys().all())
                .allMatch(key -> HexFormat.of().formatHex(key.sha256()).startsWith("0".repeat(60)));
    }

    @Test
    void findsEachOfTenThousandKeysAndNoOther() throws IOException {
        StringBuilder yaml = new StringBuilder("keys:\n");
        List<NewKey> fresh = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            fresh.add(NewKey.generate());
            yaml.append(fresh.get(i).yaml("key-" + i));
        }
        Keys keys = read(yaml.toString());

        for (int i = 0; i < fresh.size(); i++) {
            assertThat(keys.find(fresh.get(i).key()).orElseThrow().id()).isEqualTo("key-" + i);
        }
        assertThat(keys.find(NewKey.generate().key())).isEmpty();
    }

    @Test
    void knowsAKeyOnlyByAllOfIt() {
        Keys keys = new Keys(List.of(key("a", "sk-llm-abc")));

        assertThat(keys.find("sk-llm-abc")).isPresent();
        for (String near : List.of("", "sk-llm-ab", "sk-llm-abcd", "SK-LLM-ABC", "sk-llm-abc ", "sk-llm-abc\0")) {
            assertThat(keys.find(near)).as(near).isEmpty();
        }
    }

    @Test
    void tellsHashesApartThatBeginAlike() {
        byte[] hash = NewKey.digest("presented");
        byte[] alike = hash.clone();
        alike[31] ^= 1;
        Identity who = key("other", "x").identity();
        Keys other = new Keys(List.of(new Key(alike, who, false, null, true)));
        Keys both = new Keys(List.of(new Key(alike, who, false, null, true), key("right", "presented")));

        assertThat(other.find("presented")).isEmpty();
        assertThat(both.find("presented").orElseThrow().id()).isEqualTo("right");
    }

    @Test
    void acceptsNoHashAsAKey() {
        NewKey fresh = NewKey.generate();
        Keys keys = new Keys(List.of(key("a", fresh.key())));

        assertThat(keys.find(fresh.sha256())).isEmpty();
    }

    @Test
    void givesEveryThreadItsOwnCaller() throws Exception {
        List<String> presented = new ArrayList<>();
        List<Key> known = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            presented.add(NewKey.generate().key());
            known.add(key("key-" + i, presented.get(i)));
        }
        Keys keys = new Keys(known);
        Callable<Integer> attack = () -> {
            int wrong = 0;
            for (int round = 0; round < 200; round++) {
                for (int i = 0; i < presented.size(); i++) {
                    boolean right =
                            keys.find(presented.get(i)).orElseThrow().id().equals("key-" + i);
                    boolean refused = keys.find(presented.get(i) + round).isEmpty();
                    wrong += right && refused ? 0 : 1;
                }
            }
            return wrong;
        };
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Integer> wrong : threads.invokeAll(Collections.nCopies(8, attack))) {
                assertThat(wrong.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void showsNeitherKeysNorHashes() {
        NewKey fresh = NewKey.generate();
        Key key = key("ci", fresh.key());

        assertThat(key).hasToString("Key[ci]");
        assertThat(new Keys(List.of(key))).hasToString("Keys[1]");
        assertThat(fresh.toString()).doesNotContain(fresh.key());
    }
}
