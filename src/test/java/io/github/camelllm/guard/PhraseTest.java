package io.github.camelllm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhraseTest {

    @ParameterizedTest
    @CsvSource({
        "a b, x a b y, true",
        "a b, a x b, false",
        "a .. b, a x y z b, true",
        "a .. b, a x y z z b, false",
        "a ..5 b, a x y z z z b, true",
        "a ..1 b ..1 c, a x b x c, true",
        "a ..1 b ..1 c, a x x b c, false",
        "a|b c|d, b d, true",
        "rule*, rules, true",
        "rule*, ruling, false",
        "rule* now, rulebook now, true",
        "do-anything-now x, do anything now x, true",
        "do-anything-now x, do anything x, false",
        "dont go, don't go, true",
        "é, E, true",
        "忽略 ..2 指令, 请忽略那些指令, true",
        "忽略 ..2 指令, 请忽略那些旧的指令, false",
        "a a b, a a a b, true",
        "a ..2 a b, a x a b, true",
        "a ..2!my|our b, a the b, true",
        "a ..2!my|our b, a b, true",
        "a ..2!my|our b, a my b, false",
        "a ..2!my|our b, a x our b, false",
        "a ..2!my|our b, a my a x b, true",
        "a ..!my b, a x y z b, true",
        "a ..!my b, a x y z z b, false",
        "a ..2=of|the b, a of the b, true",
        "a ..2=of|the b, a b, true",
        "a ..2=of|the b, a of x b, false",
        "a ..2=of|the b, a of the of b, false",
        "a ..=of|the* b, a of these the b, true",
        "a b !of|by-the, a b, true",
        "a b !of|by-the, a b x of, true",
        "a b !of|by-the, a b of, false",
        "a b !of|by-the, a b by x, true",
        "a b !of|by-the, a b by the, false",
        "a b !of|by-the, a b of a b, true",
    })
    void matches(String phrase, String text, boolean expected) {
        assertThat(holds(phrase, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"150", "195", "196", "197", "198", "250", "392", "393", "1000"})
    void matchesWhereverItBegins(int before) {
        assertThat(holds(
                        "a ..20 b ..20 c", "x ".repeat(before) + "a " + "y ".repeat(20) + "b " + "y ".repeat(20) + "c"))
                .isTrue();
        assertThat(holds("a ..20 b ..20 c", "x ".repeat(before) + "a " + "y ".repeat(21) + "b c"))
                .isFalse();
    }

    private static boolean holds(String phrase, String text) {
        Vocabulary.Builder words = new Vocabulary.Builder();
        Rule rule = new Rule("r", 0.5, false, List.of(Phrase.read(phrase, words)));
        boolean[] held = {false};
        new RuleSet(List.of(rule), words.build())
                .find(Tokens.of(Folding.fold(text)), (block, number) -> held[0] = true);
        return held[0];
    }
}
