package io.github.camelllm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the normalised tier takes for the same question, and what not. */
class NormaliserTest {

    private static String form(String text) {
        return Normaliser.normalise(text, DefaultRules.RULES.fillers());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "What is the capital of France? | what is  the capital of france?",
                "Please, what is the capital of France? | What is the capital of France, please?",
                "Hello, could you please tell me what a monad is? | hi! What a monad is?",
                "WHAT IS THE CAPITAL OF FRANCE? | what is the capital of France?",
                "Was ist eine Monade? | Bitte, was ist eine Monade?",
                "¿Qué es una mónada? | Por favor, qué es una mónada?",
                "Qu’est-ce qu’une monade ? | Qu'est-ce qu'une monade? Merci.",
                "List three colours. | list three colours",
                "Ｗhat is ﬁne dining? | What is fine dining?"
            })
    void oneFormForOneQuestion(String one, String two) {
        assertThat(form(one)).isNotNull().isEqualTo(form(two));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Is it 1.5? | Is it 15?",
                "Is it 1,5? | Is it 15?",
                "Is -5 more than 3? | Is 5 more than 3?",
                "What is 5-3? | What is 53?",
                "Does it help us? | Does it help US?",
                "You are coming. | You are coming?",
                "What is .NET? | What is net?",
                "Is it safe? | Is it not safe?",
                "What does the song please please me mean? | What does the song me mean?",
                "resume | résumé",
                "A 5% rise | A 5 rise",
                "In French, how do you say hello? | In French, how do you say thanks?",
                "Hi in Spanish? | Thank you in Spanish?",
                "Say please | Say thanks",
                "What did he tell me? | What did he?",
                "We can't | we cant"
            })
    void anotherForAnother(String one, String two) {
        assertThat(form(one)).isNotNull();
        assertThat(form(one)).isNotEqualTo(form(two));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Translate: You are coming",
                "What does \"set\" mean?",
                "What is C++?",
                "Compare a < b",
                "What does `ls` do?",
                "mail ann@example.com",
                "What is 6 * 7?",
                "What is 5²?",
                "Is 10⁶ more than 100?",
                "What is 5!?",
                "What is the derivative of n!",
                "What does , mean in Python?",
                "What does ! mean in Python?",
                "(yes)",
                "?",
                "please"
            })
    void noneWhereMoreThanPlainWordsStand(String text) {
        String form = form(text);
        assertThat(form == null || form.equals("?") || form.equals("please")).isTrue();
    }

    @Test
    void noneForLongTextsOrLines() {
        assertThat(form("word ".repeat(80))).isNull();
        assertThat(form("one\ntwo")).isNull();
        assertThat(form("")).isNull();
        assertThat(form("   ")).isNull();
    }
}
