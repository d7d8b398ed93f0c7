package io.github.camelllm.privacy;

import java.util.Map;

/** What stands in the place of something that was found, and is not to be put back. */
final class Replacements {

    /** The labels of placeholders that are not their type's name. */
    private static final Map<String, String> LABELS = Map.of(
            "EMAIL_ADDRESS", "EMAIL",
            "PHONE_NUMBER", "PHONE",
            "IBAN_CODE", "IBAN",
            "IP_ADDRESS", "IP",
            "MAC_ADDRESS", "MAC",
            "URL_CREDENTIALS", "URL");

    private static final int HASH = 16;
    private static final String REMOVED = "[removed]";

    private Replacements() {}

    /** What placeholders of a type begin with. */
    static String label(String type) {
        return LABELS.getOrDefault(type, type);
    }

    /** What one of the actions mask, remove and hash makes of a value. */
    static String of(Action action, String type, String value, int maskKeep, Keys keys, String tenant) {
        return switch (action) {
            case MASK -> mask(value, maskKeep);
            case HASH -> "[" + label(type) + ":" + keys.hash(tenant, value).substring(0, HASH) + "]";
            default -> REMOVED;
        };
    }

    /** Stars for letters and digits, but for the last few of a value that has more than twice as many. */
    static String mask(String value, int keep) {
        int all = (int) value.codePoints().filter(Character::isLetterOrDigit).count();
        int stars = all > 2 * keep ? all - keep : all;
        StringBuilder masked = new StringBuilder(value.length());
        int[] seen = {0};
        value.codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) && seen[0]++ < stars) {
                masked.append('*');
            } else {
                masked.appendCodePoint(c);
            }
        });
        return masked.toString();
    }
}
