package io.github.camelllm.access;

import io.github.camelllm.call.Identity;
import io.github.camelllm.config.Shown;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * What keys, tiers, tenants, users and teams may be called.
 *
 * <p>Ids and tiers are written by operators and stand in YAML, logs and property names: ASCII. Users, teams and tenants
 * come from the systems of others: letters, combining marks and digits of any script, single spaces, and the
 * punctuation of e-mail addresses, UUIDs, URNs and the subjects of identity providers ({@code o'brien+x@example.com},
 * {@code auth0|5f7c}, {@code org/team}, {@code ana_x.org#EXT#@y.com}). What means something to a log, a shell, a
 * template or a store stays out: controls, quotes, {@code $ { } < > * ? % & ; \ `}, invisible characters.
 */
final class Names {

    /** Characters (code points) in a name. */
    static final int MAX_LENGTH = 128;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,63}");
    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{M}\\p{Nd}._+@:/|='~#-]+( [\\p{L}\\p{M}\\p{Nd}._+@:/|='~#-]+)*");
    private static final String ID_RULE =
            "1 to 64 ASCII letters, digits and . _ @ : / + -, beginning with a letter or digit";
    private static final String NAME_RULE = "1 to 128 letters, digits, single spaces and . _ + - @ : / | = ' ~ #";

    private Names() {}

    /** What is wrong with the id of a key, and what is allowed; null when it is fine. */
    static String problemOfId(String id) {
        return Identity.ANONYMOUS.keyId().equals(id)
                ? "is 'anonymous', which is what callers without a key are called; choose another"
                : problemOfTier(id);
    }

    /** What is wrong with a tier, and what is allowed; null when it is fine. */
    static String problemOfTier(String tier) {
        return tier != null && ID.matcher(tier).matches() ? null : isNot(tier, ID_RULE);
    }

    /** What is wrong with a tenant, user or team, and what is allowed; null when it is fine. */
    static String problemOfName(String name) {
        boolean fine = name.length() <= 2 * MAX_LENGTH
                && name.codePointCount(0, name.length()) <= MAX_LENGTH
                && NAME.matcher(name).matches();
        return fine ? null : isNot(name, NAME_RULE);
    }

    /** The name in its composed form (NFC), so that one user does not have two names that look the same. */
    static String composed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /**
     * A name as a header carried it, made one of Unicode, composed. HTTP servers hand over each byte of a header as one
     * character, while clients send UTF-8: a value whose bytes are valid UTF-8 is read as such.
     */
    static String fromHeader(String value) {
        boolean bytes = true;
        boolean ascii = true;
        for (int i = 0; i < value.length(); i++) {
            bytes &= value.charAt(i) <= 0xff;
            ascii &= value.charAt(i) <= 0x7f;
        }
        return ascii ? value : composed(bytes ? fromUtf8(value) : value);
    }

    private static String fromUtf8(String value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return value; // Latin-1 it is
        }
    }

    private static String isNot(String value, String rule) {
        return "is " + (value == null ? "missing" : Shown.text(value)) + "; expected " + rule;
    }
}
