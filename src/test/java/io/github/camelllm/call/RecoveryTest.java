package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What may be written of a stream that breaks off. */
class RecoveryTest {

    @Test
    void readsNamesInTheirOrder() {
        assertThat(Recovery.parse(" continue , restart")).containsExactly(Recovery.CONTINUE, Recovery.RESTART);
        assertThat(Recovery.parse("restart,continue,error"))
                .containsExactly(Recovery.RESTART, Recovery.CONTINUE, Recovery.ERROR);
        assertThat(Recovery.parse("hold")).containsExactly(Recovery.HOLD);
        assertThat(Recovery.parse("  ")).isEmpty();
    }

    @Test
    void saysWhatIsAllowed() {
        assertThatThrownBy(() -> Recovery.parse("contnue"))
                .hasMessage("recovery names 'contnue'; continue, restart, hold and error are allowed");
        assertThatThrownBy(() -> Recovery.parse("hold,error"))
                .hasMessage("recovery is 'hold,error'; hold stands alone, because nothing can break off then");
    }
}
