package io.github.camelllm.access;

import io.github.camelllm.config.ConfigProblem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The virtual keys that the gateway accepts. Immutable, thread-safe; finding one costs the same for ten keys as for ten
 * thousand.
 *
 * <p><b>No timing oracle.</b> The presented key is hashed first, so nothing that depends on time touches the key itself.
 * Its SHA-256 picks a bucket by its first eight bytes; every hash in the bucket is then compared to the last byte by
 * {@link MessageDigest#isEqual}, with no early way out, and an empty bucket costs one comparison with a dummy. How long a
 * lookup takes can thus tell at most whether those eight bytes belong to some key. To learn from that, one would have to choose
 * keys whose hashes begin as wished, at the price of 2<sup>64</sup> guesses a hit, and would still know nothing of a
 * key of 256 random bits: a hash's beginning does not lead back to what was hashed. Comparing with all keys in turn
 * would close this gap of no use and cost 10,000 comparisons a call.
 */
public final class Keys {

    /** No keys: nobody can be told apart. */
    public static final Keys NONE = new Keys(List.of());

    private static final Key[] DUMMY = {new Key(new byte[32], null, false, null, false)};

    private final Map<String, Key> byId = new LinkedHashMap<>();
    private final Map<Long, Key[]> byPrefix;

    /**
     * What a keys file holds.
     *
     * @param keys the keys that are well described; {@link Keys#NONE} when there is no such file
     * @param problems everything that is wrong in it, by line; empty when it can be used
     */
    public record Read(Keys keys, List<ConfigProblem> problems) {

        public Read {
            problems = List.copyOf(problems);
        }
    }

    /** @param keys with ids and hashes that differ */
    Keys(Collection<Key> keys) {
        Map<Long, List<Key>> buckets = new HashMap<>();
        for (Key key : keys) {
            byId.put(key.id(), key);
            buckets.computeIfAbsent(prefix(key.sha256()), p -> new ArrayList<>(1))
                    .add(key);
        }
        byPrefix = new HashMap<>(buckets.size() * 2);
        buckets.forEach((prefix, bucket) -> byPrefix.put(prefix, bucket.toArray(Key[]::new)));
    }

    /**
     * Reads a keys file and reports everything that is wrong in it.
     *
     * @param file the file; null or absent stands for no keys. A file that is there and holds no key is a problem:
     *     whoever empties it does not mean to let everybody in
     */
    public static Read read(Path file) {
        return KeysFile.read(file);
    }

    /** Whether there are none, so that every caller is anonymous. */
    public boolean isEmpty() {
        return byId.isEmpty();
    }

    /** All keys, in the order of the file. */
    public List<Key> all() {
        return List.copyOf(byId.values());
    }

    /** The key of that id, whether it may be used or not. */
    public Optional<Key> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * The key that was presented, whether it may be used or not; see the class comment for what its timing tells.
     *
     * @param presented the key itself, never null; not kept
     */
    Optional<Key> find(String presented) {
        byte[] digest = NewKey.digest(presented);
        Key[] bucket = byPrefix.getOrDefault(prefix(digest), DUMMY);
        Key found = null;
        for (Key key : bucket) {
            if (MessageDigest.isEqual(key.sha256(), digest)) {
                found = key;
            }
        }
        return bucket == DUMMY ? Optional.empty() : Optional.ofNullable(found);
    }

    private static long prefix(byte[] sha256) {
        return ByteBuffer.wrap(sha256).getLong();
    }

    /** Only how many there are. */
    @Override
    public String toString() {
        return "Keys[" + byId.size() + "]";
    }
}
