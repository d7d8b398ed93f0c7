package io.github.camelllm.privacy.detect;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * The one scan of a text: it goes from word to word, notes the words that tell something, and looks closer only where something
 * may begin. What it looks at is bounded at every place, so that its time is linear in the text.
 */
final class Scanner {

    private static final int LONGEST_LEAD = 5;
    private static final int LONGEST_LICENCE = 20;
    private static final Set<String> PRONOUNS = Set.of("me", "us", "mir", "uns", "moi", "nous", "mij", "mig", "mi");

    private final String text;
    private final Candidates found;
    private final Layouts layouts;
    private final Phones.Reader phones;

    private int phoneEnd;
    private int secretEnd;
    private int lastEnd = -1;
    private boolean lastDigits;
    private boolean lastHex;
    private int keyEnd;
    private int keyNamed;
    private int valueEnd;
    private int reach = -1;
    private long steps;

    private int[] later = new int[32];
    private int places;

    Scanner(String text, Candidates found, Layouts layouts, Phones phones) {
        this.text = text;
        this.found = found;
        this.layouts = layouts;
        this.phones = phones.new Reader(text, found);
        this.keyEnd = (found.field() & Words.KEY.bit()) != 0 ? 0 : -1;
    }

    void run() {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Letters.isWord(c)) {
                at = word(at);
            } else {
                if (c < 128) {
                    sign(at, c);
                } else if (Letters.isUnspaced(c)) {
                    unspaced(at);
                }
                at++;
            }
        }
        numbers();
    }

    /** Leaves the start of a number, or the negative end of a month's name, to when all words are known. */
    private void later(int place) {
        if (places == later.length) {
            later = Arrays.copyOf(later, places * 2);
        }
        later[places++] = place;
    }

    private void numbers() {
        boolean dates = found.mayCount(PiiType.DATE_OF_BIRTH, Scheme.WEAK);
        boolean licences = found.mayCount(PiiType.US_DRIVER_LICENSE, Scheme.WEAK);
        for (int i = 0; i < places; i++) {
            int place = later[i];
            if (place >= 0) {
                steps += layouts.walk(text, place, found);
                if (licences) {
                    licence(place);
                }
            } else if (dates) {
                Dates.named(text, start(-place), -place, found);
            }
        }
    }

    /** Every state lays a driver licence out in its own way: letters, digits and hyphens, of which five digits or more. */
    private void licence(int start) {
        int digits = 0;
        int at = start;
        while (at < text.length() && at - start <= LONGEST_LICENCE) {
            char c = text.charAt(at);
            boolean hyphen = c == '-' && at + 1 < text.length() && Letters.isWord(text.charAt(at + 1));
            if (!Letters.isDigit(c) && !Letters.isLatin(c) && !hyphen) {
                break;
            }
            digits += Letters.isDigit(c) ? 1 : 0;
            at++;
        }
        if (digits >= 5
                && at - start >= 6
                && at - start <= LONGEST_LICENCE
                && Layouts.endsAt(text, at)
                && !isYears(start, at)) {
            found.add(start, at, PiiType.US_DRIVER_LICENSE, Scheme.WEAK);
        }
    }

    /** Such as 2014-2017, which stands beside the word licence in more files than any other number. */
    private boolean isYears(int start, int end) {
        return end - start == 9
                && text.charAt(start + 4) == '-'
                && (text.startsWith("19", start) || text.startsWith("20", start))
                && (text.startsWith("19", start + 5) || text.startsWith("20", start + 5));
    }

    private int start(int end) {
        int start = end;
        while (start > 0 && Letters.isWord(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    /** How many characters were looked at in walks: what a test of linear time counts. */
    long steps() {
        return steps;
    }

    private int word(int start) {
        int at = start;
        int hash = 0;
        int digits = 0;
        boolean hex = true;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (!Letters.isWord(c)) {
                break;
            }
            digits += Letters.isDigit(Letters.plainSign(c)) ? 1 : 0;
            hex = hex && Letters.isHex(c);
            hash = Vocabulary.step(hash, Letters.plain(c));
        }
        boolean joined = lastEnd == start - 1 && start > 0;
        if (start >= secretEnd) {
            secretEnd = Math.max(secretEnd, Secrets.find(text, start, found));
        }
        if (keyEnd >= 0) {
            behindKey(start, at);
        }
        if (digits > 0) {
            if (at - start == 4) {
                hit(start, at, hash); // IPv4 and IPv6
            }
            number(start, at, digits, hex, joined);
        } else {
            letters(start, at, hash, hex, joined);
        }
        lastEnd = at;
        lastDigits = digits > 0;
        lastHex = hex;
        return at;
    }

    private long hit(int start, int end, int hash) {
        long groups = Vocabulary.groups(text, start, end, hash);
        if (groups != 0) {
            found.hit(start, groups);
        }
        return groups;
    }

    private void letters(int start, int end, int hash, boolean hex, boolean joined) {
        int length = end - start;
        long groups = length <= Vocabulary.LONGEST ? hit(start, end, hash) : 0;
        if ((groups & Words.MONTH.bit()) != 0) {
            later(-end);
        }
        if ((groups & Words.KEY.bit()) != 0) {
            keyNamed = end;
            keyEnd = end;
        } else if (NamedSecrets.isName(text, start, end)) {
            found.hit(start, Words.KEY.bit());
            keyNamed = end;
            keyEnd = end;
        }
        if (reach == start - 1
                && length <= 4
                && PRONOUNS.contains(text.substring(start, end).toLowerCase(Locale.ROOT))) {
            found.hit(start, Words.PHONE.bit());
        }
        reach = (groups & Words.REACH.bit()) != 0 ? end : -1;
        if (length > 1 && (groups & Words.FILLER.bit()) == 0) {
            found.word();
        }
        if (length <= LONGEST_LEAD && end + 1 < text.length()) {
            char next = text.charAt(end);
            if (hex) {
                colons(start, length, next, joined);
            }
            if ((next == ' ' || next == '-' || next == '.') && !(joined && lastDigits)) {
                later(start);
            }
        }
    }

    private void number(int start, int end, int digits, boolean hex, boolean joined) {
        int length = end - start;
        char next = end + 1 < text.length() ? text.charAt(end) : 0;
        char before = start > 0 ? text.charAt(start - 1) : 0;
        boolean inNumber = joined
                && lastDigits
                && (before == '-' || before == '.' || before == '/' || before == ':' || before == ',');
        if (hex && length <= 4) {
            colons(start, length, next, joined);
        }
        if (digits == length) {
            if (length <= 3 && next == '.' && !(inNumber && before == '.')) {
                Network.v4(text, start, found);
            }
            if (start >= phoneEnd && !inNumber) {
                phoneEnd = phones.find(start);
            }
        } else {
            if (Iban.mayBegin(text, start)) {
                Iban.find(text, start, found);
            }
            Wallets.find(text, start, end, found);
        }
        if (!inNumber && before != '$' && before != '€' && before != '£') {
            later(start);
        }
    }

    /** Looks at a word right behind one that names a key; what only leads from the name to the value is passed over. */
    private void behindKey(int start, int end) {
        boolean leads = NamedSecrets.leadsOn(text, keyEnd, start, end);
        if (!leads && start >= valueEnd && NamedSecrets.assigns(text, keyEnd, start)) {
            valueEnd = NamedSecrets.assigned(text, keyNamed, keyEnd, start, found);
            steps += valueEnd - start;
        }
        keyEnd = leads ? end : -1;
    }

    /** What has colons or hyphens between hexadecimal digits. */
    private void colons(int start, int length, char next, boolean joined) {
        char before = start > 0 ? text.charAt(start - 1) : 0;
        boolean begins = !(joined && lastHex) || before != ':' && before != '-' && before != '.';
        if (begins && (length == 2 && (next == ':' || next == '-') || length == 4 && next == '.')) {
            Network.mac(text, start, found);
        }
        if (next == ':' && (begins || before != ':') && !text.startsWith("::", start - 2)) {
            Network.v6(text, start, found);
        }
    }

    private void sign(int at, char c) {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
        switch (c) {
            case '@' -> Mail.address(text, at, found);
            case ':' -> {
                if (next == '/' && text.startsWith("//", at + 1)) {
                    Mail.credentials(text, at + 3, found);
                } else if (next == ':'
                        && (at == 0 || !Letters.isWord(text.charAt(at - 1)) && text.charAt(at - 1) != ':')) {
                    Network.v6(text, at, found);
                }
            }
            case '+', '(' -> {
                boolean number = Letters.isDigit(next) || c == '+' && next == '(';
                if (number && at >= phoneEnd && (at == 0 || !Letters.isWord(text.charAt(at - 1)))) {
                    phoneEnd = phones.find(at);
                }
            }
            case '-' -> {
                if (next == '-' && at >= secretEnd) {
                    secretEnd = Math.max(secretEnd, Secrets.pem(text, at, found));
                }
            }
            default -> {
                // nothing begins here
            }
        }
    }

    /** A script without spaces: words are looked for from each character that may begin one. */
    private void unspaced(int start) {
        if (!Vocabulary.mayBegin(text.charAt(start))) {
            return;
        }
        int hash = 0;
        for (int at = start; at < text.length() && at - start < Vocabulary.LONGEST; at++) {
            char c = text.charAt(at);
            if (!Letters.isUnspaced(c)) {
                return;
            }
            hash = Vocabulary.step(hash, Letters.plain(c));
            long groups = Vocabulary.groups(text, start, at + 1, hash);
            if (groups != 0) {
                found.hit(start, groups);
                return;
            }
        }
    }
}
