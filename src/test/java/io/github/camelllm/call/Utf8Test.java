package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void agreesWithTheJdkOnEveryTwoBytesAndWhatMayFollow() {
        byte[][] tails = {
            {}, {(byte) 0x80}, {(byte) 0x80, (byte) 0x80}, {(byte) 0xbf, (byte) 0xbf}, {'a'}, {(byte) 0x80, 'a'}
        };
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                for (byte[] tail : tails) {
                    byte[] bytes = ByteBuffer.allocate(2 + tail.length)
                            .put((byte) first)
                            .put((byte) second)
                            .put(tail)
                            .array();
                    assertThat(Utf8.isWellFormed(bytes))
                            .as("%x %x", first, second)
                            .isEqualTo(byJdk(bytes));
                }
            }
        }
    }

    @Test
    void agreesWithTheJdkOnTextsWithAByteChanged() {
        Random random = new Random(7);
        byte[] text = "aé世\uD83D\uDE00 b".repeat(5).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = text.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            assertThat(Utf8.isWellFormed(bytes)).isEqualTo(byJdk(bytes));
        }
        assertThat(Utf8.isWellFormed(text)).isTrue();
        assertThat(Utf8.isWellFormed(new byte[0])).isTrue();
    }

    private static boolean byJdk(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
