package io.github.camelllm.cost;

/**
 * How large an image is, in pixels, read from its first bytes.
 *
 * @param width pixels; positive
 * @param height pixels; positive
 */
record ImageSize(int width, int height) {

    private static final int MOST_SEGMENTS = 500;

    /**
     * The size of a base64 image in a {@code data:} URL. Nothing but the few bytes that tell it is decoded.
     *
     * @return null for any other URL, for formats other than PNG, JPEG, GIF and WebP, and for what is broken
     */
    static ImageSize of(String url) {
        if (!url.startsWith("data:")) {
            return null;
        }
        int comma = url.indexOf(',');
        if (comma < 0 || !url.regionMatches(true, comma - 7, ";base64", 0, 7)) {
            return null;
        }
        return of(new Base64Bytes(url, comma + 1));
    }

    private static ImageSize of(Base64Bytes bytes) {
        if (bytes.is(0, 0x89, 'P', 'N', 'G')) {
            return size(bytes.big(16, 4), bytes.big(20, 4));
        }
        if (bytes.is(0, 'G', 'I', 'F', '8')) {
            return size(bytes.little(6, 2), bytes.little(8, 2));
        }
        if (bytes.is(0, 'R', 'I', 'F', 'F') && bytes.is(8, 'W', 'E', 'B', 'P')) {
            return webp(bytes);
        }
        return bytes.is(0, 0xff, 0xd8, 0xff) ? jpeg(bytes) : null;
    }

    private static ImageSize webp(Base64Bytes bytes) {
        if (bytes.is(12, 'V', 'P', '8', ' ')) {
            return size(bytes.little(26, 2) & 0x3fff, bytes.little(28, 2) & 0x3fff);
        }
        if (bytes.is(12, 'V', 'P', '8', 'L')) {
            long bits = bytes.little(21, 4);
            return size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
        }
        return bytes.is(12, 'V', 'P', '8', 'X') && bytes.at(29) >= 0
                ? size(bytes.little(24, 3) + 1, bytes.little(27, 3) + 1)
                : null;
    }

    /** The size stands in the first frame's segment, behind colour profiles and thumbnails. */
    private static ImageSize jpeg(Base64Bytes bytes) {
        int at = 2;
        for (int i = 0; i < MOST_SEGMENTS; i++) {
            int marker = bytes.at(at + 1);
            if (bytes.at(at) != 0xff || marker < 0 || marker == 0xd9 || marker == 0xda) {
                return null;
            }
            if (marker == 0xff) {
                at++;
                continue;
            }
            boolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (frame) {
                return size(bytes.big(at + 7, 2), bytes.big(at + 5, 2));
            }
            int length = (int) bytes.big(at + 2, 2);
            if (length < 2) {
                return null;
            }
            at += 2 + length;
        }
        return null;
    }

    private static ImageSize size(long width, long height) {
        boolean possible = width > 0 && height > 0 && width <= 1_000_000 && height <= 1_000_000;
        return possible ? new ImageSize((int) width, (int) height) : null;
    }
}
