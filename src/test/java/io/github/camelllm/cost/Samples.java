package io.github.camelllm.cost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Texts of many kinds, of some 4,000 characters each. */
final class Samples {

    static final int LENGTH = 4_000;

    private Samples() {}

    /** By their kinds. */
    static Map<String, String> all() {
        Map<String, String> samples = new LinkedHashMap<>();
        samples.put(
                "English",
                "The harbour was quiet that morning, apart from two gulls quarrelling over a crust. Nobody on the quay "
                        + "seemed to mind the rain; they had waited since Tuesday for the ferry, and another hour would "
                        + "hardly matter. \"It'll come when it comes,\" said the woman with the bicycle.\n\n");
        samples.put(
                "chat",
                "hey, can u check why my build fails? it worked yesterday & i only changed 2 lines lol. thx!! ");
        samples.put(
                "German",
                "Der Hafen lag an diesem Morgen still da, von zwei streitenden Möwen abgesehen. Niemand am Kai schien sich "
                        + "am Regen zu stören; man wartete seit Dienstag auf die Fähre, und eine weitere Stunde machte "
                        + "keinen großen Unterschied mehr. ");
        samples.put(
                "French",
                "Le port était calme ce matin-là, à part deux mouettes qui se disputaient une croûte. Personne sur le quai "
                        + "ne semblait gêné par la pluie ; on attendait le bac depuis mardi. ");
        samples.put(
                "Russian", "В то утро в гавани было тихо, если не считать двух чаек, ссорившихся из-за корки хлеба. ");
        samples.put("Greek", "Το λιμάνι ήταν ήσυχο εκείνο το πρωί, εκτός από δύο γλάρους που μάλωναν. ");
        samples.put("Arabic", "كان الميناء هادئا في ذلك الصباح، باستثناء نورسين يتشاجران على كسرة خبز. ");
        samples.put("Hindi", "उस सुबह बंदरगाह शांत था, केवल दो पक्षी रोटी के टुकड़े पर झगड़ रहे थे। ");
        samples.put("Thai", "เช้าวันนั้นท่าเรือเงียบสงบ มีเพียงนกนางนวลสองตัวทะเลาะกันเรื่องเศษขนมปัง ");
        samples.put("Chinese", "那天早晨港口很安静,只有两只海鸥在为一块面包皮争吵。码头上似乎没有人介意下雨,他们从星期二就开始等渡轮了。");
        samples.put("Japanese", "その朝の港は静かで、二羽のカモメがパンの耳を取り合っているだけだった。雨を気にする人は誰もいないようだった。");
        samples.put("Korean", "그날 아침 항구는 조용했고, 갈매기 두 마리가 빵 껍질을 두고 다투고 있을 뿐이었다. ");
        samples.put("emoji", "🎉 shipped it! 🚀🔥 who's in? 👍🏽 👩‍👩‍👧‍👦 🇩🇪 ✅ not yet ❌ ");
        samples.put("Java", code());
        samples.put(
                "JSON",
                "{\"id\": 4711, \"name\": \"valve\", \"tags\": [\"dn50\", \"steel\"], \"price\": {\"eur\": 89.5}},\n");
        samples.put(
                "HTML", "<tr class=\"odd\"><td><a href=\"/parts/4711?lang=en\">Valve</a></td><td>89.50</td></tr>\n");
        samples.put(
                "Markdown",
                "| Part | Price |\n|------|------:|\n| *valve* | 89.50 |\n\n## Notes\n\n- see [list](https://x.example/a?b=1)\n");
        samples.put(
                "log",
                "2026-11-21T09:14:03.417Z WARN [worker-3] c.e.Pump - pressure 4.71 bar at 10.0.3.17:8080 id=9f3c21aa\n");
        Random random = new Random(7);
        StringBuilder table = new StringBuilder();
        StringBuilder ids = new StringBuilder();
        while (table.length() < LENGTH) {
            table.append(random.nextInt(100_000)).append(random.nextInt(6) == 0 ? '\n' : ',');
            ids.append(new UUID(random.nextLong(), random.nextLong())).append('\n');
        }
        samples.put("numbers", table.toString());
        samples.put("UUIDs", ids.toString());
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        samples.put("base64", Base64.getEncoder().encodeToString(bytes));
        samples.put("hexadecimal", HexFormat.of().formatHex(bytes));
        samples.replaceAll(
                (kind, text) -> text.repeat(LENGTH / text.length() + 1).substring(0, LENGTH));
        return samples;
    }

    private static String code() {
        try {
            return Files.readString(Path.of("src/main/java/io/github/camelllm/cost/QuickCount.java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever Java can hold in a string: half surrogate pairs, controls, marks, special tokens. */
    static String noise(Random random, int length) {
        StringBuilder text = new StringBuilder(length + 20);
        while (text.length() < length) {
            switch (random.nextInt(6)) {
                case 0 -> text.append((char) random.nextInt(0x10000));
                case 1 -> text.appendCodePoint(random.nextInt(0x110000));
                case 2 -> text.append((char) (0xd800 + random.nextInt(0x800)));
                case 3 -> text.append((char) random.nextInt(0x80));
                case 4 -> text.append(random.nextBoolean() ? "<|endoftext|>" : "<|im_start|>");
                default -> text.append(" ".repeat(random.nextInt(4))).append("word");
            }
        }
        return text.toString();
    }
}
