package io.github.camelllm.cache.semantic;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes numbers, units and times in one way, whatever way they were written in. */
final class Amounts {

    private static final Pattern TIME =
            Pattern.compile("(\\d{1,2})(?:[:.h](\\d{2}))?(?::(\\d{2}))?\\s*(?:(h|uhr)|([ap])\\.?m\\.?)?");
    private static final Pattern GROUPED_BY_COMMA = Pattern.compile("\\d{1,3}(,\\d{3})+(\\.\\d+)?");
    private static final Pattern GROUPED_BY_POINT = Pattern.compile("\\d{1,3}(\\.\\d{3})+(,\\d+)?");
    private static final Map<String, String> UNITS = units();

    private Amounts() {}

    private static Map<String, String> units() {
        Map<String, String> units = new HashMap<>();
        String[] table = {
            "%:percent prozent",
            "usd:$ dollar dollars dólar dólares",
            "eur:€ euro euros",
            "gbp:£ pounds-sterling",
            "jpy:¥ yen yens",
            "chf:franken",
            "kg:kilo kilos kilogram kilograms kilogramm kilogramo kilogramos kilogramme kilogrammes",
            "g:gram grams gramm gramo gramos gramme grammes",
            "mg:milligram milligrams milligramm",
            "km:kilometer kilometers kilometre kilometres kilómetro kilómetros kilomètre kilomètres",
            "m:meter meters metre metres metro metros mètre mètres",
            "cm:centimeter centimeters centimetre centimetres zentimeter",
            "mm:millimeter millimeters",
            "mi:mile miles meile meilen milla millas",
            "ft:foot feet fuß pie pies",
            "inch:inches zoll pulgada pulgadas",
            "yd:yard yards",
            "lb:lbs pound pounds pfund libra libras livre livres",
            "oz:ounce ounces unze onza onzas",
            "l:liter liters litre litres litro litros",
            "ml:milliliter milliliters millilitre",
            "gal:gallon gallons",
            "second:seconds sec secs s sekunde sekunden segundo segundos seconde secondes",
            "ms:millisecond milliseconds millisekunden",
            "minute:minutes min mins minuten minuto minutos",
            "hour:hours hr hrs h stunde stunden hora horas heure heures",
            "day:days tag tage tagen día días jour jours",
            "week:weeks woche wochen semana semanas semaine semaines",
            "month:months monat monate monaten mes meses mois",
            "year:years yr yrs jahr jahre jahren año años an ans année années",
            "kb:kilobyte kilobytes",
            "mb:megabyte megabytes",
            "gb:gigabyte gigabytes",
            "tb:terabyte terabytes",
            "°c:celsius",
            "°f:fahrenheit",
            "mph:",
            "kmh:km/h kph",
            "ev:",
            "kwh:",
            "kw:",
            "w:watt watts",
            "v:volt volts",
            "hz:hertz",
            "ghz:",
            "mhz:"
        };
        for (String line : table) {
            String unit = line.substring(0, line.indexOf(':'));
            units.put(unit, unit);
            for (String form : line.substring(line.indexOf(':') + 1).split(" ")) {
                if (!form.isEmpty()) {
                    units.put(form, unit);
                }
            }
        }
        return Map.copyOf(units);
    }

    /** The unit that a word in lower case names; null when it names none. */
    static String unit(String word) {
        return UNITS.get(word);
    }

    /** The number as a plain decimal. Where point and comma stand depends on the language; unknown counts as English. */
    static String number(String written, String language) {
        String digits = written.replaceAll("[\\s\u00a0\u202f']", "");
        if (!"en".equals(language) && !language.isEmpty()) {
            if (GROUPED_BY_POINT.matcher(digits).matches()) {
                digits = digits.replace(".", "");
            }
            digits = digits.replace(',', '.');
        } else if (GROUPED_BY_COMMA.matcher(digits).matches()) {
            digits = digits.replace(",", "");
        }
        try {
            return new BigDecimal(digits).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            return digits;
        }
    }

    /** A time of day, to the minute, or to the second where that is given. */
    static String time(String written) {
        Matcher time = TIME.matcher(written.toLowerCase(Locale.ROOT).strip());
        if (!time.matches()) {
            return written;
        }
        int hour = Integer.parseInt(time.group(1));
        if (time.group(5) != null) {
            hour = hour % 12 + (time.group(5).equals("p") ? 12 : 0);
        }
        return String.format(Locale.ROOT, "%02d:%s", hour, time.group(2) == null ? "00" : time.group(2))
                + (time.group(3) == null ? "" : ":" + time.group(3));
    }

    /** A date; a day or a year that is not known is 0. */
    static String date(int year, int month, int day) {
        return String.format(Locale.ROOT, "%04d-%02d-%02d", year, month, day);
    }
}
