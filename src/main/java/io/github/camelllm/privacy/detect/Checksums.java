package io.github.camelllm.privacy.detect;

/** The check digits of numbering schemes, over plain digits and capitals. */
final class Checksums {

    private static final int[][] DIHEDRAL = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5}, {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
        {3, 4, 0, 1, 2, 8, 9, 5, 6, 7}, {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
        {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3}, {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
        {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
    };
    private static final int[][] PERMUTATION = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
        {8, 9, 1, 6, 0, 4, 3, 5, 2, 7}, {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}
    };

    private Checksums() {}

    static int digit(CharSequence s, int at) {
        return s.charAt(at) - '0';
    }

    /** The number that stands from one place to another, exclusive; at most nine digits. */
    static int number(CharSequence s, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + digit(s, i);
        }
        return value;
    }

    /** The sum of digits times weights, the weights from the first digit on. */
    static int weighted(CharSequence s, int from, int... weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += digit(s, from + i) * weights[i];
        }
        return sum;
    }

    /** Whether all characters are the same. */
    static boolean monotone(CharSequence s) {
        for (int i = 1; i < s.length(); i++) {
            if (s.charAt(i) != s.charAt(0)) {
                return false;
            }
        }
        return true;
    }

    static boolean luhn(CharSequence s) {
        return luhn(s, 0, 0);
    }

    /** Luhn's sum from a place on, with something added. */
    static boolean luhn(CharSequence s, int from, int added) {
        int sum = added;
        boolean twice = false;
        for (int i = s.length() - 1; i >= from; i--) {
            int digit = digit(s, i);
            int value = twice ? digit * 2 : digit;
            sum += value > 9 ? value - 9 : value;
            twice = !twice;
        }
        return sum % 10 == 0;
    }

    static boolean verhoeff(CharSequence s) {
        int check = 0;
        for (int i = 0; i < s.length(); i++) {
            check = DIHEDRAL[check][PERMUTATION[i % 8][digit(s, s.length() - 1 - i)]];
        }
        return check == 0;
    }

    /** ISO 7064 mod 11,10: the last digit is the check digit. */
    static boolean mod11And10(CharSequence s) {
        return mod11And10(s, 0);
    }

    static boolean mod11And10(CharSequence s, int from) {
        int product = 10;
        for (int i = from; i < s.length() - 1; i++) {
            int sum = (digit(s, i) + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        return (11 - product) % 10 == digit(s, s.length() - 1);
    }

    /** ISO 7064 mod 97,10 over digits and capitals, read in a circle from a place on. */
    static int mod97(CharSequence s, int from) {
        int rest = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt((from + i) % s.length());
            rest = c <= '9' ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
        }
        return rest;
    }

    /** Whether a month and a day are in the calendar, 29 February included. */
    static boolean day(int month, int day) {
        return month >= 1
                && month <= 12
                && day >= 1
                && day
                        <= switch (month) {
                            case 2 -> 29;
                            case 4, 6, 9, 11 -> 30;
                            default -> 31;
                        };
    }
}
