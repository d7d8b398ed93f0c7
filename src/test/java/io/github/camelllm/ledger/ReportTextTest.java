package io.github.camelllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTextTest {

    private static CostReport.Row row(long calls, String dollars, long unknown, String... names) {
        return new CostReport.Row(
                Arrays.asList(names),
                calls,
                BigDecimal.valueOf(calls * 10),
                BigDecimal.valueOf(calls),
                BigDecimal.ZERO,
                new BigDecimal(dollars),
                unknown);
    }

    private static CostReport report(CostReport.Row... rows) {
        return new CostReport(
                LocalDate.parse("2026-11-01"),
                LocalDate.parse("2026-11-30"),
                ZoneOffset.UTC,
                List.of(CostReport.By.USER, CostReport.By.MODEL),
                List.of(rows),
                row(6, "1.23000000000000000001", 3));
    }

    @Test
    void alignsATableAndSaysWhatIsNotKnown() {
        assertThat(ReportText.table(report(
                        row(2, "1.23000000000000000001", 0, "ann", "gpt-4o"),
                        row(3, "0.50000000000000000000", 2, "Zoë", null),
                        row(1, "0E-20", 1, "bob", "m"),
                        row(4, "0E-20", 0, "eve", "m"))))
                .isEqualTo(
                        """
                        Cost from 2026-11-01 to 2026-11-30 (Z), by user, model

                        user   model   calls  input  output  cached                             cost USD
                        ann    gpt-4o      2     20       2       0               1.23000000000000000001
                        Zoë    (none)      3     30       3       0                     0.5 + unknown: 2
                        bob    m           1     10       1       0                           unknown: 1
                        eve    m           4     40       4       0                                    0
                        total              6     60       6       0  1.23000000000000000001 + unknown: 3
                        """);
    }

    @Test
    void letsNoNameDisturbATerminal() {
        assertThat(ReportText.table(report(row(1, "1", 0, "a\u001b[31m\nb\u202ec", "m"))))
                .contains("a?[31m?b?c")
                .doesNotContain("\u001b", "\u202e");
    }

    @Test
    void writesTheSameAsCsvWithoutATotal() {
        assertThat(ReportText.csv(report(
                        row(2, "0.00000000000000000001", 0, "ann", "gpt-4o"),
                        row(3, "0.5", 2, "a,\"b\"\nc", null),
                        row(1, "0E-20", 1, "bob", "m"),
                        row(4, "0E-20", 0, "", "m"))))
                .isEqualTo(
                        """
                        user,model,calls,input_tokens,output_tokens,cached_input_tokens,cost_usd,calls_of_unknown_cost
                        ann,gpt-4o,2,20,2,0,0.00000000000000000001,0
                        "a,""b""
                        c",,3,30,3,0,0.5,2
                        bob,m,1,10,1,0,,1
                        ,m,4,40,4,0,0,0
                        """);
    }

    @Test
    void keepsSpreadsheetsFromTakingNamesForFormulas() {
        for (String begin : List.of("=", "+", "-", "@", "\t")) {
            assertThat(ReportText.csv(report(row(1, "1", 0, begin + "1", "m")))).contains("\n'" + begin + "1,m,1,");
        }
        assertThat(ReportText.csv(report(row(1, "1", 0, "\r=1", "=HYPERLINK(\"x\",1)"))))
                .contains("\n\"'\r=1\",\"'=HYPERLINK(\"\"x\"\",1)\",1,");
    }
}
