package io.github.camelllm.cache.semantic;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Numbers, months and ordinals as words. Articles that look like a number (a, ein, un) are none on their own. */
final class NumberWords {

    private final Map<String, Integer> small = new HashMap<>();
    private final Map<String, Integer> afterAnd = new HashMap<>();
    private final Map<String, Long> factors = new HashMap<>();
    private final Map<String, Integer> months = new HashMap<>();
    private final Map<String, Integer> ordinals = new HashMap<>();
    private Set<String> and = Set.of();

    /** What was read: a number, and how many words have said it. */
    record Value(long number, int words) {}

    private NumberWords() {}

    static NumberWords of(String language) {
        NumberWords words = new NumberWords();
        switch (language) {
            case "en" -> words.english();
            case "de" -> words.german();
            case "es" -> words.spanish();
            case "fr" -> words.french();
            default -> throw new IllegalArgumentException("language is '" + language + "'; en, de, es, fr are allowed");
        }
        return words;
    }

    /** The number that the words from a place on say; null when the word there says none. */
    Value read(List<String> words, int from) {
        long total = 0;
        long part = 0;
        boolean open = true; // whether tens or ones may follow
        boolean tens = false;
        int at = from;
        while (at < words.size()) {
            int length = at + 1 < words.size() && at > from && and.contains(words.get(at)) ? 1 : 0;
            Value next = small(words, at + length, length > 0);
            Long factor = length > 0 ? null : factors.get(words.get(at));
            if (next != null && length > 0 && !(tens || part % 100 == 0)) {
                break; // "two and five" are two numbers
            }
            if (next != null && (open || tens && next.number() < 10 || length > 0)) {
                part += next.number();
                tens = next.number() >= 20 && next.number() < 100 && next.number() % 10 == 0;
                open = next.number() >= 100;
                at += length + next.words();
            } else if (factor != null && factor == 100 && part < 100) {
                part = Math.max(1, part) * 100;
                open = true;
                tens = false;
                at++;
            } else if (factor != null && factor > 100) {
                total += Math.max(1, part) * factor;
                part = 0;
                open = true;
                tens = false;
                at++;
            } else {
                break;
            }
        }
        return at == from ? null : new Value(total + part, at - from);
    }

    /** The longest entry of the table that begins at a place; hyphens count as spaces, so quatre-vingt-dix is three words. */
    private Value small(List<String> words, int at, boolean joined) {
        for (int length = Math.min(4, words.size() - at); length > 0; length--) {
            String phrase = String.join(" ", words.subList(at, at + length));
            Integer value = small.get(phrase);
            if (value == null && joined) {
                value = afterAnd.get(phrase);
            }
            if (value != null) {
                return new Value(value, length);
            }
        }
        return null;
    }

    /** The month, from 1, or null. */
    Integer month(String word) {
        return months.get(word);
    }

    /** The number of an ordinal, or null. */
    Integer ordinal(String word) {
        return ordinals.get(word);
    }

    /** Forms of one number stand between slashes, a minus stands for a number that is left out. */
    private static void put(Map<String, Integer> map, int from, int step, String words) {
        int value = from;
        for (String forms : words.split(" ")) {
            if (!forms.equals("-")) {
                for (String form : forms.split("/")) {
                    map.put(form, value);
                }
            }
            value += step;
        }
    }

    private void english() {
        put(
                small,
                0,
                1,
                "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
                        + " sixteen seventeen eighteen nineteen");
        put(small, 20, 10, "twenty thirty forty fifty sixty seventy eighty ninety");
        factors.putAll(Map.of("hundred", 100L, "thousand", 1000L, "million", 1_000_000L, "billion", 1_000_000_000L));
        and = Set.of("and");
        put(ordinals, 1, 1, "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth");
        put(
                months,
                1,
                1,
                "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug"
                        + " september/sept/sep october/oct november/nov december/dec");
    }

    private void german() {
        put(
                small,
                0,
                1,
                "null eins zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
                        + " fünfzehn sechzehn siebzehn achtzehn neunzehn");
        String tens = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig";
        put(small, 20, 10, tens);
        String[] ones = "ein zwei drei vier fünf sechs sieben acht neun".split(" ");
        for (int i = 0; i < ones.length; i++) {
            int value = i + 1;
            for (String ten : tens.split(" ")) {
                small.put(ones[i] + "und" + ten, small.get(ten) + value);
            }
            small.put(ones[i] + "hundert", value * 100);
            small.put(ones[i] + "tausend", value * 1000);
        }
        factors.putAll(Map.of("hundert", 100L, "tausend", 1000L, "million", 1_000_000L, "millionen", 1_000_000L));
        factors.putAll(Map.of("milliarde", 1_000_000_000L, "milliarden", 1_000_000_000L));
        put(
                ordinals,
                1,
                1,
                "erste/ersten/erster zweite/zweiten/zweiter dritte/dritten/dritter vierte/vierten/vierter"
                        + " fünfte/fünften sechste/sechsten siebte/siebten achte/achten neunte/neunten zehnte/zehnten");
        put(months, 1, 1, "januar/jänner februar märz april mai juni juli august september oktober november dezember");
    }

    private void spanish() {
        put(
                small,
                0,
                1,
                "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
                        + " dieciséis/dieciseis diecisiete dieciocho diecinueve veinte veintiuno/veintiún"
                        + " veintidós/veintidos veintitrés/veintitres veinticuatro veinticinco veintiséis/veintiseis"
                        + " veintisiete veintiocho veintinueve");
        put(small, 30, 10, "treinta cuarenta cincuenta sesenta setenta ochenta noventa");
        put(
                small,
                100,
                100,
                "cien/ciento doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas"
                        + " quinientos/quinientas seiscientos/seiscientas setecientos/setecientas"
                        + " ochocientos/ochocientas novecientos/novecientas");
        factors.putAll(Map.of("mil", 1000L, "millón", 1_000_000L, "millones", 1_000_000L));
        and = Set.of("y");
        afterAnd.putAll(Map.of("un", 1, "una", 1));
        put(
                ordinals,
                1,
                1,
                "primero/primera/primer segundo/segunda tercero/tercera/tercer cuarto/cuarta quinto/quinta");
        put(
                months,
                1,
                1,
                "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre"
                        + " diciembre");
    }

    private void french() {
        put(
                small,
                0,
                1,
                "zéro - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize");
        Map<String, Integer> ones = Map.copyOf(small);
        put(small, 20, 10, "vingt trente quarante cinquante soixante");
        small.putAll(Map.of("dix sept", 17, "dix huit", 18, "dix neuf", 19, "quatre vingt", 80, "quatre vingts", 80));
        for (Map.Entry<String, Integer> one : ones.entrySet()) {
            if (one.getValue() > 0) {
                small.put("soixante " + one.getKey(), 60 + one.getValue());
                small.put("quatre vingt " + one.getKey(), 80 + one.getValue());
            }
        }
        small.putAll(Map.of("soixante dix sept", 77, "soixante dix huit", 78, "soixante dix neuf", 79));
        small.putAll(Map.of("quatre vingt dix sept", 97, "quatre vingt dix huit", 98, "quatre vingt dix neuf", 99));
        small.putAll(Map.of("quatre vingt un", 81, "quatre vingt une", 81));
        factors.putAll(Map.of("cent", 100L, "cents", 100L, "mille", 1000L, "million", 1_000_000L));
        factors.putAll(Map.of("millions", 1_000_000L, "milliard", 1_000_000_000L, "milliards", 1_000_000_000L));
        and = Set.of("et");
        afterAnd.putAll(Map.of("un", 1, "une", 1, "onze", 11));
        put(
                ordinals,
                1,
                1,
                "premier/première deuxième/second/seconde troisième quatrième cinquième sixième septième"
                        + " huitième neuvième dixième");
        put(months, 1, 1, "janvier février mars avril mai juin juillet août septembre octobre novembre décembre");
    }
}
