package io.github.camelllm.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The table of failures, in the code and in the docs. */
class UpstreamFailureTest {

    @Test
    void standsInTheDocsRowByRow() throws Exception {
        List<String> documented = Files.readAllLines(Path.of("docs/failover.md")).stream()
                .filter(line -> line.matches("\\| `[a-z_0-9]+` \\| .* \\| (yes|no) \\| (yes|no) \\|"))
                .toList();

        assertThat(documented)
                .containsExactlyElementsOf(Arrays.stream(UpstreamFailure.values())
                        .map(UpstreamFailureTest::row)
                        .toList());
    }

    private static String row(UpstreamFailure failure) {
        String done =
                switch (failure.reaction()) {
                    case RETRY -> "retry here, then next model";
                    case NEXT -> "next model";
                    case LARGER -> "next model with a larger context";
                    case TELL -> "tell the caller";
                };
        return "| `" + failure.name().toLowerCase(Locale.ROOT) + "` | " + failure.description() + " | " + done + " | "
                + (failure.countsAgainstBreaker() ? "yes" : "no") + " | " + (failure.rests() ? "yes" : "no") + " |";
    }

    @Test
    void knowsEveryStatus() {
        for (int status = 300; status < 600; status++) {
            assertThat(UpstreamFailure.ofStatus(status)).as("%d", status).isNotNull();
        }
        assertThat(UpstreamFailure.ofStatus(422)).isEqualTo(UpstreamFailure.STATUS_400);
        assertThat(UpstreamFailure.ofStatus(529)).isEqualTo(UpstreamFailure.STATUS_529);
        assertThat(UpstreamFailure.ofStatus(418)).isEqualTo(UpstreamFailure.STATUS_OTHER);
    }
}
