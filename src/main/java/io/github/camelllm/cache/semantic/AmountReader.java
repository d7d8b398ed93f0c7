package io.github.camelllm.cache.semantic;

import io.github.camelllm.cache.semantic.Token.Kind;
import java.math.BigDecimal;
import java.util.List;

/** Reads the numbers of a question, with what stands around them: units, factors, months and years. */
final class AmountReader {

    private final List<Token> tokens;
    private final List<String> lows;
    private final Words words;

    /**
     * What was read.
     *
     * @param text the amount, the same however it was written
     * @param length how many pieces it takes
     */
    record Amount(String text, int length) {}

    AmountReader(List<Token> tokens, List<String> lows, Words words) {
        this.tokens = tokens;
        this.lows = lows;
        this.words = words;
    }

    /** The amount that begins with the digits at a place. */
    Amount digits(int at) {
        Token token = tokens.get(at);
        String number = Amounts.number(token.text(), words.language());
        String glued = token.low();
        if (!glued.isEmpty() && Tokens.isOrdinal(glued)) {
            return dated(at, 1, number, number + ".");
        }
        if (!glued.isEmpty()) {
            return new Amount(number + " " + Amounts.unit(glued), 1);
        }
        return dated(at, 1, number, number);
    }

    /** A number, perhaps the day or year of a date in words, perhaps with a factor or a unit behind it. */
    Amount dated(int at, int length, String number, String written) {
        int next = at + length;
        int month = month(skipOf(next));
        if (month > 0 && isDay(number)) {
            int end = skipOf(next) + 1;
            int year = year(end);
            return new Amount(
                    "on " + Amounts.date(year, month, Integer.parseInt(number)), end - at + yearLength(year, end));
        }
        String low = next < lows.size() ? lows.get(next) : "";
        if (low.equals(".") && written.equals(number)) {
            // a German day: 3. März
            int german = month(next + 1);
            if (german > 0 && isDay(number)) {
                int year = year(next + 2);
                return new Amount(
                        "on " + Amounts.date(year, german, Integer.parseInt(number)),
                        next + 2 - at + (year > 0 ? 1 : 0));
            }
        }
        NumberWords.Value factor = words.numbers().read(lows, next);
        if (factor != null && factor.words() == 1 && factor.number() >= 1000 && written.equals(number)) {
            String total = new BigDecimal(number)
                    .multiply(BigDecimal.valueOf(factor.number()))
                    .stripTrailingZeros()
                    .toPlainString();
            return dated(at, length + 1, total, total);
        }
        String unit = low.isEmpty() || tokens.get(next).kind() == Kind.BREAK ? null : Amounts.unit(low);
        return new Amount(unit == null ? written : written + " " + unit, length + (unit == null ? 0 : 1));
    }

    private int skipOf(int at) {
        return at < lows.size() && "of".equals(words.classOf(lows.get(at))) ? at + 1 : at;
    }

    private int month(int at) {
        Integer month = at < lows.size() && tokens.get(at).kind() == Kind.WORD
                ? words.numbers().month(lows.get(at))
                : null;
        return month == null ? 0 : month;
    }

    private static boolean isDay(String number) {
        return number.matches("[12]?\\d|3[01]");
    }

    /** The year that stands at a place, perhaps behind a comma; 0 when none does. */
    private int year(int at) {
        int place = at < lows.size() && (lows.get(at).equals(",") || skipOf(at) > at) ? at + 1 : at;
        boolean number = place < tokens.size() && tokens.get(place).kind() == Kind.NUMBER;
        return number && tokens.get(place).text().matches("\\d{4}")
                ? Integer.parseInt(tokens.get(place).text())
                : 0;
    }

    private int yearLength(int year, int at) {
        return year == 0 ? 0 : tokens.get(at).kind() == Kind.NUMBER ? 1 : 2;
    }

    /** March 5, 2024 and March 2024; a month alone is a word like others, for which there is null. */
    Amount monthInWords(int at) {
        int month = month(at);
        int next = skipOf(at + 1);
        if (month == 0 || next >= tokens.size() || tokens.get(next).kind() != Kind.NUMBER) {
            return null;
        }
        String number = tokens.get(next).text();
        if (number.matches("\\d{4}")) {
            return new Amount("on " + Amounts.date(Integer.parseInt(number), month, 0), next + 1 - at);
        }
        if (!isDay(number)) {
            return null;
        }
        int year = year(next + 1);
        return new Amount(
                "on " + Amounts.date(year, month, Integer.parseInt(number)),
                next + 1 - at + yearLength(year, next + 1));
    }
}
