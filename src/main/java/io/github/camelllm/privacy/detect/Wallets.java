package io.github.camelllm.privacy.detect;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Addresses of crypto currencies: Base58 and Bech32 with their checksums, and Ethereum's, whose checksum is optional. */
final class Wallets {

    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final BigInteger FIFTY_EIGHT = BigInteger.valueOf(58);

    private Wallets() {}

    /** Notes an address that a whole word is. */
    static void find(String text, int start, int end, Candidates found) {
        int length = end - start;
        if (length < 26 || length > 90) {
            return;
        }
        char first = text.charAt(start);
        if (first == '0' && length == 42 && Letters.plain(text.charAt(start + 1)) == 'x') {
            if (hex(text, start + 2, end)) {
                found.add(start, end, PiiType.CRYPTO, 0.7);
            }
        } else if (length <= 35 && "13LMDT".indexOf(first) >= 0) {
            if (base58(text.substring(start, end))) {
                found.add(start, end, PiiType.CRYPTO, 0.95);
            }
        } else if (text.regionMatches(true, start, "bc1", 0, 3) || text.regionMatches(true, start, "ltc1", 0, 4)) {
            if (bech32(text.substring(start, end))) {
                found.add(start, end, PiiType.CRYPTO, 0.95);
            }
        }
    }

    private static boolean hex(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!Letters.isHex(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** A version, twenty bytes, and the first four of the hash of the hash of both. */
    private static boolean base58(String text) {
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < text.length(); i++) {
            int digit = BASE58.indexOf(text.charAt(i));
            if (digit < 0) {
                return false;
            }
            value = value.multiply(FIFTY_EIGHT).add(BigInteger.valueOf(digit));
        }
        if (value.bitLength() > 200) {
            return false;
        }
        byte[] bytes = new byte[25];
        byte[] short1 = value.toByteArray();
        int copied = Math.min(25, short1.length);
        System.arraycopy(short1, short1.length - copied, bytes, 25 - copied, copied);
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] hash = sha.digest(sha.digest(Arrays.copyOf(bytes, 21)));
            return Arrays.equals(hash, 0, 4, bytes, 21, 25);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static boolean bech32(String text) {
        String low = text.toLowerCase(java.util.Locale.ROOT);
        if (!text.equals(low) && !text.equals(text.toUpperCase(java.util.Locale.ROOT))) {
            return false;
        }
        int separator = low.lastIndexOf('1');
        int check = 1;
        for (int i = 0; i < separator; i++) {
            check = polymod(check, low.charAt(i) >> 5);
        }
        check = polymod(check, 0);
        for (int i = 0; i < separator; i++) {
            check = polymod(check, low.charAt(i) & 31);
        }
        for (int i = separator + 1; i < low.length(); i++) {
            int value = BECH32.indexOf(low.charAt(i));
            if (value < 0) {
                return false;
            }
            check = polymod(check, value);
        }
        return check == 1 || check == 0x2bc830a3;
    }

    private static int polymod(int check, int value) {
        int top = check >>> 25;
        int next = (check & 0x1ffffff) << 5 ^ value;
        for (int i = 0; i < GENERATOR.length; i++) {
            next ^= (top >> i & 1) == 1 ? GENERATOR[i] : 0;
        }
        return next;
    }
}
