package io.github.camelllm.cache.semantic;

import io.github.camelllm.cache.semantic.Token.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads one question. */
final class TraitsReader {

    private static final Set<String> MODES = Set.of("past", "future", "should", "must", "may", "would");

    /** Conjunctions in the place of which a comma may stand, or nothing. */
    private static final Set<String> ADDING =
            Set.of("and", "but", "that", "und", "aber", "dass", "denn", "y", "e", "pero", "et", "mais");

    private final List<Token> tokens;
    private final Words words;
    private final List<String> lows;
    private final List<String> stems;
    private final AmountReader amounts;

    private final Chunks chunks = new Chunks();
    private final List<String> numbers = new ArrayList<>();
    private final List<String> exact = new ArrayList<>();
    private final Set<String> names = new TreeSet<>();
    private final List<String> negations = new ArrayList<>();
    private final Set<String> modes = new TreeSet<>();
    private final List<String> persons = new ArrayList<>();
    private final Set<String> forms = new TreeSet<>();
    private final Intent intent;
    private String negation;
    private String negated;
    private String negationPlace;
    private int clause;
    private boolean said;
    private int modals;
    private boolean able;

    private TraitsReader(List<Token> tokens, Words words) {
        this.tokens = tokens;
        this.words = words;
        this.lows = tokens.stream().map(Token::low).toList();
        this.stems = tokens.stream()
                .map(token -> token.kind() == Kind.WORD ? Stem.of(token.low(), words.language()) : token.low())
                .toList();
        this.amounts = new AmountReader(tokens, lows, words);
        this.intent = new Intent(lows.stream().anyMatch(low -> low.contains("?")));
    }

    /** What a question shows, given the words of its language. */
    static Traits read(List<Token> tokens, Words words, String script) {
        return new TraitsReader(tokens, words).read(script);
    }

    private Traits read(String script) {
        int at = 0;
        while (at < tokens.size()) {
            at += switch (tokens.get(at).kind()) {
                case BREAK -> pause();
                case EXACT -> exact(tokens.get(at));
                case SIGN -> sign(tokens.get(at), at);
                case NUMBER -> amount(amounts.digits(at));
                case DATE -> date(tokens.get(at).text());
                case TIME -> one("at " + Amounts.time(tokens.get(at).text()));
                case WORD -> word(at);
            };
        }
        pause();
        String shown = intent.shown();
        Collections.sort(numbers);
        Collections.sort(exact);
        Collections.sort(negations);
        return new Traits(
                words.language(),
                script,
                shown,
                able && shown.equals("yes"),
                numbers,
                exact,
                names,
                negations,
                modes,
                persons,
                forms,
                chunks.words(),
                chunks.all(),
                tokens.stream().map(Token::raw).toList());
    }

    /** The end of what belongs together. */
    private int pause() {
        endNegation();
        chunks.end();
        clause += said ? 1 : 0;
        said = false;
        return 1;
    }

    private void endNegation() {
        if (negation != null) {
            negations.add(negation + " " + negationPlace + " " + negated);
            negation = null;
            negated = null;
        }
    }

    private void say(String word) {
        intent.word();
        chunks.add(word);
        said = true;
        if (negation != null) {
            negated = word;
        }
    }

    private int one(String number) {
        numbers.add(number);
        say(number);
        return 1;
    }

    private int exact(Token token) {
        exact.add(token.text());
        forms.add(token.low());
        say("'" + token.text());
        return 1;
    }

    private int sign(Token token, int at) {
        boolean currency = Amounts.unit(token.text()) != null && !token.text().equals("%");
        if (currency && at + 1 < tokens.size() && tokens.get(at + 1).kind() == Kind.NUMBER) {
            String number = Amounts.number(tokens.get(at + 1).text(), words.language());
            one(number + " " + Amounts.unit(token.text()));
            return 2;
        }
        if (!"\"'`*_~".contains(token.text())) {
            exact.add(token.text());
            say("'" + token.text());
        }
        return 1;
    }

    private int date(String text) {
        return one("on " + text);
    }

    private int amount(AmountReader.Amount amount) {
        one(amount.text());
        return amount.length();
    }

    private int word(int at) {
        Token token = tokens.get(at);
        forms.add(stems.get(at));
        AmountReader.Amount month = amounts.monthInWords(at);
        if (month != null) {
            return amount(month);
        }
        NumberWords.Value value = words.numbers().read(lows, at);
        if (value != null) {
            String number = String.valueOf(value.number());
            return amount(amounts.dated(at, value.words(), number, number));
        }
        int phrase = phrase(at);
        if (phrase > 0) {
            return phrase;
        }
        if (isKindOfAnswer(at)) {
            return 1;
        }
        Integer ordinal = words.numbers().ordinal(token.low());
        if (ordinal != null) {
            return one(ordinal + ".");
        }
        if (token.acronym()
                || token.capital() && !token.first() && !words.language().equals("de")) {
            names.add(stems.get(at));
        }
        String meaning = words.meaning(stems.get(at));
        forms.add(meaning);
        say(meaning);
        return 1;
    }

    /** The longest phrase that begins at a place and is known; how many words it has, or 0. */
    private int phrase(int at) {
        for (int length = Math.min(words.longest(), tokens.size() - at); length > 0; length--) {
            if (!areWords(at, length)) {
                continue;
            }
            String kind = words.classOf(String.join(" ", lows.subList(at, at + length)));
            boolean name = length == 1 && isName(tokens.get(at));
            if ("works".equals(kind) || "costs".equals(kind)) {
                kind = isLast(at) && intent.ends(kind) ? "filler" : null;
            }
            if (kind != null && !name && intent.takes(kind)) {
                task(kind, at, length);
                return length;
            }
            String same = words.synonym(String.join(" ", stems.subList(at, at + length)));
            if (same != null && !name) {
                forms.add(same);
                if (length == 1
                        && tokens.get(at).capital()
                        && !tokens.get(at).first()
                        && !words.language().equals("de")) {
                    names.add(stems.get(at));
                }
                say(same);
                return length;
            }
        }
        return 0;
    }

    private boolean isLast(int at) {
        return tokens.subList(at + 1, tokens.size()).stream().allMatch(token -> token.kind() == Kind.BREAK);
    }

    /** Which city is the capital: what is it. */
    private boolean isKindOfAnswer(int at) {
        return intent.isKindOfAnswer(at)
                && at + 2 < tokens.size()
                && (lows.get(at + 1).equals("is") || lows.get(at + 1).equals("are"))
                && lows.get(at + 2).equals("the");
    }

    /** IT and US are not it and us, and in vitamin A there is no article. */
    private static boolean isName(Token token) {
        return token.acronym() || token.text().equals("A") && !token.first();
    }

    private boolean areWords(int at, int length) {
        return tokens.subList(at, at + length).stream().allMatch(token -> token.kind() == Kind.WORD);
    }

    private void task(String kind, int at, int length) {
        stems.subList(at, at + length).forEach(forms::add);
        intent.task(kind);
        if (Intent.isQuestion(kind)) {
            question(kind, at + length);
        } else if (MODES.contains(kind)) {
            modes.add(kind);
            modals += kind.equals("past") || kind.equals("future") ? 0 : 1;
            chunks.end();
        } else {
            switch (kind) {
                case "article" -> chunks.begin();
                case "of" -> chunks.of();
                case "direction", "neutral" -> chunks.link(String.join(" ", lows.subList(at, at + length)));
                case "not", "never", "without", "except" -> negate(kind);
                case "i", "you", "my", "your" -> person(kind);
                case "can" -> {
                    able = true;
                    chunks.end();
                }
                case "listing" -> question("list", at + length);
                case "conjunction" -> join(String.join(" ", lows.subList(at, at + length)));
                case "filler" -> {}
                default -> chunks.end();
            }
        }
    }

    /** A or B is not A and B, and what is said after if is not what is said after while. */
    private void join(String conjunction) {
        if (!ADDING.contains(conjunction)) {
            modes.add(conjunction + " " + clause);
        }
        pause();
    }

    private void question(String kind, int end) {
        boolean relative = said && !intent.isMarked(); // in a statement, which and who only hold it together
        if (intent.asks(relative)) {
            intent.ask(kind, end);
            chunks.end();
        } else if (relative && (kind.equals("what") || kind.equals("who"))) {
            chunks.end();
        } else {
            say("?" + kind);
        }
    }

    private void negate(String kind) {
        if (words.language().equals("fr") && negation != null && kind.equals("not")) {
            return; // ne ... pas is one
        }
        if (words.language().equals("fr") && kind.equals("never") && "not".equals(negation)) {
            negation = "never"; // ne ... jamais
            return;
        }
        endNegation();
        negation = kind;
        negationPlace = clause + "." + modals; // must not is not need not
        chunks.end();
    }

    private void person(String kind) {
        persons.add(kind);
        if (kind.equals("my") || kind.equals("your")) {
            chunks.begin();
        } else {
            chunks.end();
        }
    }
}
