package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What goes together to Redis, and what becomes of it; the test answers in Redis's place. */
class BatchesTest {

    private static final Limit LIMIT =
            new Limit("limit", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), List.of());

    private final List<List<Batches.Wish>> calls = new ArrayList<>();
    private final List<CompletableFuture<Void>> answers = new ArrayList<>();
    private final Batches batches = new Batches((holder, wishes) -> {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        calls.add(wishes);
        answers.add(answer);
        return answer;
    });

    private Batches.Wish reserve(String holder, int number, int draws) {
        return batches.reserve(holder, "r" + number, Collections.nCopies(draws, new Draw(LIMIT, 1)));
    }

    private void answer(int call) {
        calls.get(call).forEach(wish -> wish.decision().complete(new Decision.Unavailable()));
        answers.get(call).complete(null);
    }

    private List<Integer> sizes() {
        return calls.stream().map(List::size).toList();
    }

    @Test
    void oneThatComesAloneIsSentAtOnce() {
        reserve("me", 1, 6);
        assertThat(sizes()).containsExactly(1);
        answer(0);
        reserve("me", 2, 6);
        assertThat(sizes()).containsExactly(1, 1);
    }

    @Test
    void whatComesWhileOthersAreUnderWayGoesTogetherInItsOrder() {
        List<Batches.Wish> wishes = new ArrayList<>();
        for (int i = 0; i < Batches.MOST_UNDER_WAY + 5; i++) {
            wishes.add(reserve("me", i, 6));
        }
        assertThat(sizes()).containsExactlyElementsOf(Collections.nCopies(Batches.MOST_UNDER_WAY, 1));
        assertThat(wishes.get(Batches.MOST_UNDER_WAY).isSent()).isFalse();
        answer(0);
        assertThat(calls.get(Batches.MOST_UNDER_WAY))
                .containsExactlyElementsOf(wishes.subList(Batches.MOST_UNDER_WAY, wishes.size()));
    }

    @Test
    void aBatchHasNoMoreThanSoManyDrawsAndOneHolder() {
        for (int i = 0; i < Batches.MOST_UNDER_WAY + 40; i++) {
            reserve("me", i, 4);
        }
        reserve("me later", 999, 4);
        for (int i = 0; i < calls.size(); i++) {
            answer(i);
        }
        assertThat(sizes().subList(Batches.MOST_UNDER_WAY, calls.size())).containsExactly(16, 16, 8, 1);
    }

    @Test
    void oneThatAloneHasMoreDrawsIsSentAllTheSame() {
        reserve("me", 1, Batches.MOST_DRAWS + 1);
        assertThat(sizes()).containsExactly(1);
    }

    @Test
    void aFailureFailsThoseThatWaitAndSaysThatRedisKnowsNothingOfThem() {
        for (int i = 1; i < Batches.MOST_UNDER_WAY; i++) {
            reserve("me", -i, 1);
        }
        Batches.Wish sent = reserve("me", 1, 1);
        Batches.Wish waiting = reserve("me", 2, 1);

        answers.get(Batches.MOST_UNDER_WAY - 1).completeExceptionally(new IllegalStateException("closed"));

        assertThat(sent.decision()).isCompletedExceptionally();
        assertThat(sent.isSent()).isTrue();
        assertThat(waiting.decision()).isCompletedExceptionally();
        assertThat(waiting.isSent()).isFalse();
        reserve("me", 3, 1);
        assertThat(calls).hasSize(Batches.MOST_UNDER_WAY + 1);
    }
}
