package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsWrittenTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0",
                "1.0",
                "1.50",
                "-0.0",
                "-0.00",
                "0e0",
                "-0e-5",
                "1e-7",
                "1E-7",
                "1.2e-7",
                "0.0000001",
                "0.000001",
                "0.00000000000",
                "1e5",
                "1E+5",
                "1e05",
                "1.0e0",
                "1e400",
                "12e-1",
                "123456789012345678901234567890",
                "-5",
                "0",
                "0.1000000000000000055511151231257827",
                "100.00000001"
            })
    void writesANumberAsItCame(String number) throws Exception {
        String json = "{\"a\":[" + number + "],\"b\":" + number + "}";
        assertThat(new String(Json.write(read(json)), StandardCharsets.UTF_8)).isEqualTo(json);
        assertThat(read(json).toString()).isEqualTo(json);
    }

    @Test
    void knowsTheValueAllTheSame() throws Exception {
        JsonNode number = read("1e-7");
        assertThat(number.isNumber()).isTrue();
        assertThat(number.decimalValue()).isEqualByComparingTo(new BigDecimal("0.0000001"));
        assertThat(number.doubleValue()).isEqualTo(1e-7);
        assertThat(number.equals(read("0.0000001"))).isTrue();
        assertThat(read("20e-1").intValue()).isEqualTo(2);
    }

    @Test
    void survivesACopy() throws Exception {
        assertThat(read("{\"a\":1e-7}").deepCopy().toString()).isEqualTo("{\"a\":1e-7}");
    }

    private static JsonNode read(String json) throws Exception {
        return Json.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
