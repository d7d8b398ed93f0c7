package io.github.camelllm.privacy.detect;

import java.util.List;

/**
 * Phone numbers of all countries. How one is written tells most: a plus and a country's code, a trunk zero, groups. Those
 * without either are asked of libphonenumber for the regions that are set, as often as the length of the text allows; beyond
 * that, what a number looks like decides alone.
 */
final class Phones {

    private static final String AMERICA = "US";
    private static final int GROUPS = 9;
    private static final int MOST_DIGITS = 17;
    private static final int TEXT_A_CHECK = 64;

    private final List<String> regions;

    Phones(List<String> regions) {
        this.regions = regions;
    }

    /** One scan of one text. */
    final class Reader {

        private final String text;
        private final Candidates found;
        private int checks;

        private final int[] starts = new int[GROUPS];
        private final int[] lengths = new int[GROUPS];
        private int groups;
        private int end;
        private final StringBuilder digits = new StringBuilder(MOST_DIGITS + 1);

        Reader(String text, Candidates found) {
            this.text = text;
            this.found = found;
            this.checks = text.length() / TEXT_A_CHECK + 16;
        }

        /**
         * Notes a number that begins at a place: a digit, or a plus or bracket before one.
         *
         * @return where what was looked at ends
         */
        int find(int start) {
            read(start);
            int count = digits.length();
            int extended = extension();
            boolean ends = extended > end || Layouts.endsAt(text, end);
            if (count >= 7 && count <= MOST_DIGITS && ends && !isElse()) {
                double score = score(text.charAt(start), text.charAt(start) == '(' || bracket(start));
                if (score > 0) {
                    found.add(start, extended, PiiType.PHONE_NUMBER, score);
                }
            }
            return Math.max(end, start + 1);
        }

        private boolean bracket(int start) {
            for (int i = start; i < end; i++) {
                if (text.charAt(i) == '(') {
                    return true;
                }
            }
            return false;
        }

        /** Reads groups of digits with one sign between, or a bracket and a sign. */
        private void read(int start) {
            groups = 0;
            digits.setLength(0);
            end = start;
            boolean plus = text.charAt(start) == '+';
            int at = plus ? start + 1 : start;
            boolean open = false;
            while (groups < GROUPS) {
                if (at < text.length() && text.charAt(at) == '(') {
                    if (!plus && digits.length() >= 7) {
                        return;
                    }
                    open = true;
                    at++;
                }
                int first = at;
                while (at < text.length() && Letters.isDigit(sign(at)) && digits.length() <= MOST_DIGITS) {
                    digits.append(sign(at++));
                }
                if (at == first) {
                    return;
                }
                starts[groups] = first;
                lengths[groups++] = at - first;
                if (open && at < text.length() && text.charAt(at) == ')') {
                    open = false;
                    at++;
                }
                end = at;
                if (american() > 0 && at < text.length() && sign(at) == ' ') {
                    return;
                }
                if (at < text.length() && " -./".indexOf(sign(at)) >= 0) {
                    at++;
                } else if (at < text.length() && text.charAt(at) != '(' && text.charAt(at - 1) != ')') {
                    return;
                }
            }
            while (at < text.length() && Letters.isDigit(sign(at))) {
                digits.append('0'); // more groups than a phone number has
                at++;
                end = at;
                if (digits.length() > MOST_DIGITS) {
                    return;
                }
            }
        }

        private char sign(int at) {
            return Letters.plainSign(text.charAt(at));
        }

        private int length(int group) {
            return group < groups ? lengths[group] : 0;
        }

        /** Where the area code of a number of North America stands among the digits, plus one; 0 when it is none. */
        private int american() {
            int at = groups == 4 && lengths[0] == 1 && digits.charAt(0) == '1' ? 1 : 0;
            boolean laid = groups == at + 3 && length(at) == 3 && length(at + 1) == 3 && length(at + 2) == 4;
            return laid && digits.charAt(at) >= '2' ? at + 1 : 0;
        }

        private double score(char first, boolean bracket) {
            int count = digits.length();
            if (first == '+') {
                return count > 15 ? 0 : PhoneLibrary.isCountry(digits, 0) && count >= 8 ? 0.75 : 0.4;
            }
            if (digits.charAt(0) == '0' && digits.charAt(1) == '0') {
                boolean country = count >= 10 && PhoneLibrary.isCountry(digits, 2);
                return !country ? Scheme.WEAK : groups > 1 ? 0.65 : 0.35;
            }
            if (count > 15) {
                return 0;
            }
            int area = american();
            if (area > 0) {
                boolean spaced = !bracket && text.charAt(end - 5) == ' ';
                return (spaced ? 0.35 : 0.42) + (isAmerican(area - 1) ? 0.2 : 0);
            }
            if (digits.charAt(0) == '0' && count >= 9 && (count <= 11 || count == 12 && isValid())) {
                return groups > 1 ? (lengths[0] > 1 ? 0.52 : 0.15) : kind() == PhoneLibrary.Kind.MOBILE ? 0.4 : 0.27;
            }
            if (groups == 1) {
                return count >= 10 && count <= 11 && isValid() ? 0.28 : count <= 13 ? Scheme.WEAK : 0;
            }
            return count >= 9 && isValid() ? 0.3 : 0.15;
        }

        private PhoneLibrary.Kind kind() {
            PhoneLibrary.Kind best = PhoneLibrary.Kind.NONE;
            for (String region : regions) {
                if (checks-- <= 0) {
                    return PhoneLibrary.Kind.FIXED;
                }
                PhoneLibrary.Kind kind = PhoneLibrary.kind(digits, region);
                if (kind == PhoneLibrary.Kind.MOBILE) {
                    return kind;
                }
                best = kind == PhoneLibrary.Kind.NONE ? best : kind;
            }
            return best;
        }

        private boolean isAmerican(int at) {
            return regions.contains(AMERICA)
                    && PhoneLibrary.kind(digits.substring(at), AMERICA) != PhoneLibrary.Kind.NONE;
        }

        private boolean isValid() {
            return kind() != PhoneLibrary.Kind.NONE;
        }

        /** Whether the groups are a date, two years, a fraction, or an address of version 4. */
        private boolean isElse() {
            boolean quad = groups == 4;
            for (int i = 0; i < groups; i++) {
                quad &= lengths[i] <= 3 && (i == 0 || text.charAt(starts[i] - 1) == '.');
                boolean apart = i + 2 < groups && text.charAt(starts[i + 1] - 1) != ' ';
                if (apart
                        && lengths[i + 1] <= 2
                        && (isYear(i) && lengths[i + 2] <= 2 || lengths[i] <= 2 && isYear(i + 2))) {
                    return true;
                }
            }
            boolean fraction =
                    groups == 2 && text.charAt(starts[1] - 1) == '.' && (lengths[0] == 1 || digits.charAt(0) != '0');
            return quad || fraction || groups == 2 && isYear(0) && isYear(1);
        }

        private boolean isYear(int group) {
            return lengths[group] == 4
                    && (text.startsWith("19", starts[group]) || text.startsWith("20", starts[group]));
        }

        /** Where an extension ends that stands behind the number; the number's end where there is none. */
        private int extension() {
            int at = end;
            if (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            int word = at;
            while (at < text.length()
                    && at - word < 4
                    && (Letters.isLatin(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            String mark = text.substring(word, at);
            if (!mark.equalsIgnoreCase("x") && !mark.equalsIgnoreCase("ext") && !mark.equalsIgnoreCase("ext.")) {
                return end;
            }
            int first = at < text.length() && text.charAt(at) == ' ' ? at + 1 : at;
            at = first;
            while (at < text.length() && at - first < 7 && Letters.isDigit(text.charAt(at))) {
                at++;
            }
            return at > first && at - first < 7 ? at : end;
        }
    }
}
