package io.github.camelllm.quota;

import io.github.camelllm.call.Identity;
import io.github.camelllm.call.SpentBefore;
import io.github.camelllm.call.SpentBefore.Spent;
import io.github.camelllm.store.Decision;
import io.github.camelllm.store.Draw;
import io.github.camelllm.store.Limit;
import io.github.camelllm.store.LimitStore;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the counters of a store in memory again after a restart: what the ledger knows to have been used in the hour, day, week
 * and month that are under way. Until the ledger is open, budgets count from nothing.
 */
final class Refill {

    private static final Logger LOG = LoggerFactory.getLogger(Refill.class);

    private final SpentBefore before;
    private final LimitStore store;
    private final Rules rules;
    private final Instant start;

    /** @param start when the counters began to count by themselves */
    Refill(SpentBefore before, LimitStore store, Rules rules, Instant start) {
        this.before = before;
        this.store = store;
        this.rules = rules;
        this.start = start;
    }

    /** Asks the ledger for all that the rules count over a part of the calendar. */
    void begin() {
        Set<String> asked = new HashSet<>();
        for (Rule rule : rules.rules()) {
            if (!rule.period().isRolling() && asked.add(rule.scope() + " " + rule.period())) {
                ask(rule.scope(), rule.period());
            }
        }
    }

    private void ask(Scope scope, Period period) {
        before.spent(SpentBefore.Scope.valueOf(scope.name()), beginOf(period), start)
                .whenComplete((all, failure) -> {
                    if (failure == null) {
                        all.forEach(spent -> add(scope, period, spent));
                        LOG.debug("{} counters per {} of a {} begin where the ledger ends", all.size(), period, scope);
                    } else {
                        LOG.warn(
                                "budgets per {} of a {} begin at nothing, for the ledger cannot tell what was used: {}",
                                period.label(),
                                scope.label(),
                                failure.toString());
                    }
                });
    }

    private void add(Scope scope, Period period, Spent spent) {
        if (scope != Scope.GLOBAL && spent.name() == null) {
            return; // no model was billed
        }
        for (Measure measure : Measure.values()) {
            rules.rules().stream()
                    .filter(rule -> rule.scope() == scope && rule.period() == period && rule.measure() == measure)
                    .findFirst()
                    .ifPresent(rule -> add(rule, spent));
        }
    }

    private void add(Rule rule, Spent spent) {
        long amount = Math.min(
                Limit.MOST,
                switch (rule.measure()) {
                    case REQUESTS -> spent.calls();
                    case TOKENS -> spent.tokens();
                    case DOLLARS -> spent.nanodollars();
                });
        String tenant = spent.tenant() == null ? "" : spent.tenant();
        Identity who = new Identity("", tenant, "", "", "", Set.of());
        String name = spent.name() == null ? "" : spent.name();
        Limit whole = rule.limit(who, name);
        Limit silent = new Limit(whole.key(), whole.max(), whole.window(), List.of()); // its alerts have been told
        if (store.reserve("refill " + whole.key(), List.of(new Draw(silent, 0))) instanceof Decision.Granted granted) {
            store.settle(granted.reservation(), new long[] {amount});
        }
    }

    private Instant beginOf(Period period) {
        ZonedDateTime now = start.atZone(rules.zone());
        ZonedDateTime begin =
                switch (period) {
                    case SECOND, MINUTE -> throw new IllegalArgumentException(period.toString());
                    case HOUR -> now.truncatedTo(ChronoUnit.HOURS);
                    case DAY -> now.toLocalDate().atStartOfDay(rules.zone());
                    case WEEK ->
                        now.toLocalDate()
                                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                                .atStartOfDay(rules.zone());
                    case MONTH -> now.toLocalDate().withDayOfMonth(1).atStartOfDay(rules.zone());
                };
        return begin.toInstant();
    }
}
