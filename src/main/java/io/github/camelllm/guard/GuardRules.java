package io.github.camelllm.guard;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@code config/guard.yaml} says. Immutable.
 *
 * @param rules what attacks look like
 * @param specialTokens that mark who speaks in the chat templates of models, folded, two characters at least
 * @param about phrases by which somebody shows that he speaks about attacks; null for none
 * @param tenants by tenant and origin the actions that are other than those for all
 * @param firsts the characters that special tokens begin with
 */
record GuardRules(
        RuleSet rules,
        List<String> specialTokens,
        RuleSet about,
        Map<String, Map<Origin, TenantTreatment>> tenants,
        String firsts) {

    GuardRules(
            RuleSet rules,
            List<String> specialTokens,
            RuleSet about,
            Map<String, Map<Origin, TenantTreatment>> tenants) {
        this(
                rules,
                specialTokens,
                about,
                tenants,
                specialTokens.stream()
                        .map(token -> token.substring(0, 1))
                        .distinct()
                        .collect(Collectors.joining()));
    }

    /** Whether somebody speaks about attacks in a text. */
    boolean speaksAbout(Tokens tokens) {
        boolean[] speaks = {false};
        if (about != null) {
            about.find(tokens, (block, rule) -> speaks[0] = true);
        }
        return speaks[0];
    }

    /** Whether a folded text has one of the tokens. */
    boolean hasSpecialToken(String folded) {
        for (int i = 0; i < folded.length(); i++) {
            if (tokenAt(folded, i) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether some token begins with a character. */
    boolean beginsToken(char c) {
        return firsts.indexOf(c) >= 0;
    }

    /** Whether some token begins with a folded text, or a folded text with some token. */
    boolean mayBecomeToken(String folded) {
        for (String token : specialTokens) {
            if (!folded.isEmpty() && token.startsWith(folded) || folded.startsWith(token)) {
                return true;
            }
        }
        return false;
    }

    /** The length of the token that a folded text has at a place; 0 for none. */
    int tokenAt(String folded, int at) {
        char c = folded.charAt(at);
        if (at + 1 < folded.length() && firsts.indexOf(c) >= 0) {
            char next = folded.charAt(at + 1);
            for (String token : specialTokens) {
                if (token.charAt(0) == c && token.charAt(1) == next && folded.startsWith(token, at)) {
                    return token.length();
                }
            }
        }
        return 0;
    }
}
