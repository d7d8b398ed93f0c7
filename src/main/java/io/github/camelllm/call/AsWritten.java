package io.github.camelllm.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * Reads decimals so that they are written again as they came: {@link BigDecimal} alone would make {@code 1E-7} of {@code
 * 1e-7} and {@code 0.0000001}, and lose the sign of {@code -0.0}.
 */
final class AsWritten extends JsonParserDelegate {

    private static final int LEAST_PLAIN_EXPONENT = -6; // see BigDecimal.toString

    AsWritten(JsonParser parser) {
        super(parser);
    }

    @Override
    public BigDecimal getDecimalValue() throws IOException {
        BigDecimal value = super.getDecimalValue();
        String text = getText();
        return isCanonical(value, text) ? value : new Number(value, text);
    }

    /** Whether {@link BigDecimal#toString} gives that text; told without making another text of every number. */
    private static boolean isCanonical(BigDecimal value, String text) {
        return text.indexOf('e') < 0
                && text.indexOf('E') < 0
                && !(value.signum() == 0 && text.charAt(0) == '-')
                && value.precision() - value.scale() - 1 >= LEAST_PLAIN_EXPONENT;
    }

    /** A number that remembers how it was written; what is computed from it does not. */
    private static final class Number extends BigDecimal {
        private static final long serialVersionUID = 1;
        private final String text;

        Number(BigDecimal value, String text) {
            super(value.unscaledValue(), value.scale());
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
