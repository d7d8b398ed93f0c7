package io.github.camelllm.call;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/**
 * What a {@code data:} URL (RFC 2397) holds, in the one form that every provider takes: the media type in small letters,
 * without parameters and by its registered name; the data in standard base64, without white space, padded.
 *
 * <p>Bytes that tell an image or a PDF by how they begin (PNG, JPEG, GIF, WebP, PDF) decide over a label that is missing, says
 * nothing, or names another image: providers look at them too, and refuse what is labelled wrong.
 *
 * @param mediaType such as {@code image/png}; empty when neither the URL nor the bytes tell
 * @param base64 the data
 */
public record DataUrl(String mediaType, String base64) {

    private static final Map<String, String> REGISTERED = Map.of(
            "image/jpg", "image/jpeg",
            "image/pjpeg", "image/jpeg",
            "image/jfif", "image/jpeg",
            "image/x-png", "image/png",
            "image/x-webp", "image/webp",
            "application/x-pdf", "application/pdf");

    /** Enough of the data to know its kind by. */
    private static final int HEAD = 64;

    /**
     * Reads a URL.
     *
     * @return null when it is no {@code data:} URL
     */
    public static DataUrl of(String url) {
        int begin = 0;
        while (begin < url.length() && url.charAt(begin) <= ' ') {
            begin++;
        }
        if (!url.regionMatches(true, begin, "data:", 0, 5)) {
            return null;
        }
        int comma = url.indexOf(',', begin);
        if (comma < 0) {
            return null;
        }
        String label = url.substring(begin + 5, comma);
        boolean base64 = false;
        for (String part : label.split(";")) {
            base64 |= part.strip().equalsIgnoreCase("base64");
        }
        String type = label.split(";", 2)[0];
        return labelled(
                type.strip().equalsIgnoreCase("base64") ? "" : type,
                base64 ? url.substring(comma + 1) : encoded(url.substring(comma + 1)));
    }

    /** Data in base64 beside its media type, which may be empty. */
    public static DataUrl labelled(String mediaType, String base64) {
        String data = plain(base64);
        String label = mediaType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        String type = REGISTERED.getOrDefault(label, label);
        String found = sniffed(data);
        boolean open = type.isEmpty()
                || type.endsWith("/*")
                || !type.contains("/")
                || type.equals("application/octet-stream")
                || type.equals("binary/octet-stream")
                || type.startsWith("image/") && found.startsWith("image/");
        return new DataUrl(open && !found.isEmpty() ? found : type.contains("/") ? type : "", data);
    }

    private static String encoded(String text) {
        try {
            String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
            return Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) { // a percent sign that is none of an encoding
            return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Looks at each character once, and copies nothing where all is as it should be. */
    private static String plain(String base64) {
        boolean clean = base64.length() % 4 == 0;
        for (int i = 0; clean && i < base64.length(); i++) {
            char c = base64.charAt(i);
            clean = c > ' ' && c != '-' && c != '_' && c != '%';
        }
        if (clean) {
            return base64;
        }
        StringBuilder plain = new StringBuilder(base64.length() + 3);
        for (int i = 0; i < base64.length(); i++) {
            char c = base64.charAt(i);
            if (c == '%' && i + 2 < base64.length()) {
                int value = Character.digit(base64.charAt(i + 1), 16) * 16 + Character.digit(base64.charAt(i + 2), 16);
                if (value > 0) {
                    c = (char) value;
                    i += 2;
                }
            }
            if (c > ' ') {
                plain.append(c == '-' ? '+' : c == '_' ? '/' : c);
            }
        }
        while (plain.length() % 4 != 0 && plain.length() % 4 != 1) {
            plain.append('=');
        }
        return plain.toString();
    }

    /** Empty when the bytes tell nothing. */
    private static String sniffed(String base64) {
        byte[] head;
        try {
            head = Base64.getDecoder().decode(base64.substring(0, Math.min(HEAD, base64.length() / 4 * 4)));
        } catch (IllegalArgumentException e) {
            return "";
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
            return "image/png";
        } else if (text.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        } else if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
            return "image/gif";
        } else if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
            return "image/webp";
        }
        return text.startsWith("%PDF-") ? "application/pdf" : "";
    }
}
