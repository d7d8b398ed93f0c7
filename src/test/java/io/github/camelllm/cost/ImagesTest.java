package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What images cost in tokens, and how large they are. */
class ImagesTest {

    @ParameterizedTest
    @CsvSource({
        // the providers' own examples, and their bounds
        "gpt-4o, 1024, 1024, high, 765",
        "gpt-4o, 2048, 4096, high, 1105",
        "gpt-4o, 4096, 8192, low, 85",
        "gpt-4o, 128, 64, high, 255",
        "gpt-4o, 512, 512, auto, 255",
        "gpt-4o, 513, 512, auto, 425",
        "gpt-4.1, 1024, 1024, high, 765",
        "gpt-4o-mini, 128, 64, high, 8500",
        "gpt-4o-mini, 128, 64, low, 2833",
        "o3, 1024, 1024, high, 675",
        "gpt-5, 1024, 1024, high, 630",
        "gpt-4.1-mini, 1024, 1024, high, 1659", // 1,024 patches
        "gpt-4.1-mini, 1800, 2400, high, 2353", // 1,452 patches
        "gpt-4.1-mini, 4000, 1474, high, 2348", // 1,449 patches
        "o4-mini, 32, 32, high, 2",
        "gpt-4.1-nano, 10000, 10, high, 770", // 313 patches
        "claude-sonnet-4-5, 1092, 1092, auto, 1521",
        "claude-sonnet-4-5, 200, 200, auto, 64",
        "claude-sonnet-4-5, 4000, 3000, auto, 1568",
        "claude-haiku-4-5, 8000, 8, auto, 56",
        "claude-opus-5-5, 4000, 3000, auto, 4784",
        "claude-opus-5-5, 1092, 1092, auto, 1521",
        "gemini-2.5-flash, 384, 384, auto, 258",
        "gemini-2.5-flash, 960, 540, auto, 1548", // 6 crops
        "gemini-2.5-flash, 1024, 1024, auto, 1032",
        "gemini-3.5-flash, 4000, 3000, auto, 1120",
        "a-model-of-whom, 1092, 1092, auto, 1521",
        "vendor/gpt-4o, 1024, 1024, high, 765",
    })
    void costWhatTheProviderPublishes(String model, int width, int height, String detail, long tokens) {
        assertThat(ImageRule.of(model).tokens(new ImageSize(width, height), detail))
                .isEqualTo(tokens);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-4o",
                "gpt-4o-mini",
                "gpt-4.1-mini",
                "o3",
                "gpt-5",
                "gpt-5.4",
                "claude-haiku-4-5",
                "claude-opus-5-5",
                "gemini-2.5-pro",
                "gemini-3.5-flash",
                "llama-4"
            })
    void oneOfUnknownSizeCountsAsTheLargest(String model) {
        ImageRule rule = ImageRule.of(model);
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            ImageSize size = new ImageSize(1 + random.nextInt(9_000), 1 + random.nextInt(9_000));
            assertThat(rule.tokens(size, "high"))
                    .as(model + " " + size)
                    .isPositive()
                    .isLessThanOrEqualTo(rule.tokens(null, "high"));
        }
    }

    @ParameterizedTest
    @CsvSource({"png", "gif", "jpg"})
    void tellTheirSize(String format) throws IOException {
        for (int[] size : new int[][] {{1, 1}, {37, 411}, {640, 480}, {2000, 3}}) {
            BufferedImage image = new BufferedImage(size[0], size[1], BufferedImage.TYPE_INT_RGB);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            assertThat(ImageIO.write(image, format, bytes)).isTrue();

            assertThat(ImageSize.of(url(bytes.toByteArray()))).isEqualTo(new ImageSize(size[0], size[1]));
        }
    }

    @Test
    void tellTheirSizeBehindLongProfiles() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(123, 45, BufferedImage.TYPE_INT_RGB), "jpg", bytes);
        byte[] jpeg = bytes.toByteArray();
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        longer.write(jpeg, 0, 2);
        for (int i = 0; i < 5; i++) {
            longer.write(new byte[] {(byte) 0xff, (byte) 0xe2, (byte) 0xff, (byte) 0xff}); // with its length 65,535
            longer.write(new byte[65_533]);
        }
        longer.write(jpeg, 2, jpeg.length - 2);

        assertThat(ImageSize.of(url(longer.toByteArray()))).isEqualTo(new ImageSize(123, 45));
    }

    @ParameterizedTest
    @CsvSource({
        // by the layouts of the three kinds of WebP
        "52494646 24000000 57454250 56503820 18000000 300100 9d012a 2c01 c800 0000, 300, 200",
        "52494646 24000000 57454250 5650384c 18000000 2f 2bc13100 00000000, 300, 200",
        "52494646 24000000 57454250 56503858 0a000000 00000000 2b0100 c70000 0000, 300, 200",
    })
    void tellTheirSizeInEachKindOfWebP(String hex, int width, int height) {
        assertThat(ImageSize.of(url(HexFormat.of().parseHex(hex.replace(" ", "")))))
                .isEqualTo(new ImageSize(width, height));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://example.com/a.png",
                "data:",
                "data:image/png;base64,",
                "data:image/png;base64,!!!!",
                "data:image/png,iVBORw0KGgo=",
                "data:image/png;base64,iVBORw0KGgo=",
                "data:;base64,/9j/4AAQ",
                "data:;base64,R0lGODlh",
                "data:;base64,UklGRiQAAABXRUJQVlA4WA=="
            })
    void doNotTellItWhereTheyAreBroken(String url) {
        assertThat(ImageSize.of(url)).isNull();
    }

    @Test
    void neverThrow() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "jpg", bytes);
        Random random = new Random(13);
        for (int i = 0; i < 5_000; i++) {
            byte[] broken = Arrays.copyOf(bytes.toByteArray(), 2 + random.nextInt(bytes.size()));
            for (int k = 0; k < 5; k++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            ImageSize size = ImageSize.of(url(broken));
            assertThat(size == null || size.width() > 0 && size.height() > 0).isTrue();
            ImageSize.of("data:" + Samples.noise(random, 30) + ";base64," + Samples.noise(random, 60));
        }
    }

    @Test
    void nothingButTheirHeadIsRead() {
        byte[] png = HexFormat.of().parseHex("89504e470d0a1a0a0000000d4948445200000280000001e0");
        String head = Base64.getEncoder().encodeToString(png);

        assertThat(ImageSize.of("data:image/png;base64," + head + "not base64 at all \u0000"))
                .isEqualTo(new ImageSize(640, 480));
    }

    private static String url(byte[] image) {
        return "data:image/x;base64," + new String(Base64.getEncoder().encode(image), StandardCharsets.US_ASCII);
    }
}
