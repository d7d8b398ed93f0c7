package io.github.camelllm.cache;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules that hold where {@code config/cache.yaml} says nothing; the shipped file says the same, which a test sees to. */
final class DefaultRules {

    private static final List<String> TIME_WORDS = List.of(
            "now,today,tonight,tomorrow,yesterday,current,currently,latest,recent,recently,this week,this month,this year,"
                    .concat("right now,at the moment,up to date,")
                    .concat("jetzt,heute,morgen,gestern,aktuell,aktuelle,aktuellen,neueste,neuesten,derzeit,")
                    .concat("momentan,diese woche,diesen monat,dieses jahr,")
                    .concat("ahora,hoy,mañana,ayer,actual,actualmente,último,última,últimos,reciente,")
                    .concat("esta semana,este mes,este año,")
                    .concat("maintenant,aujourd'hui,demain,hier,actuel,actuelle,actuellement,dernier,dernière,")
                    .concat("récent,cette semaine,ce mois,cette année")
                    .split(","));

    private static final List<String> FILLERS =
            List.of("please;kindly;thanks,;thank you,;hi,;hello,;hey,;could you;can you;would you;"
                    .concat("could you please;can you please;tell me;")
                    .concat("bitte;danke,;hallo,;guten tag,;kannst du;können sie;sag mir;")
                    .concat("por favor;gracias,;hola,;buenos días,;puedes;podrías;dime;")
                    .concat("s'il vous plaît;s'il te plaît;merci,;bonjour,;salut,;pouvez-vous;peux-tu;dis-moi")
                    .split(";"));

    static final CacheRules RULES = new CacheRules(
            "1",
            CacheRules.Scope.TENANT,
            BigDecimal.ZERO,
            CacheRules.Unset.WITH_SEED,
            Duration.ofHours(1),
            Map.of(
                    "classification", Duration.ofHours(48),
                    "extraction", Duration.ofHours(36),
                    "summarisation", Duration.ofHours(8),
                    "summarization", Duration.ofHours(8),
                    "factual", Duration.ofHours(2),
                    "code", Duration.ofHours(3),
                    "creative", Duration.ZERO),
            Duration.ZERO,
            Map.of(),
            CacheRules.Redacted.USER,
            Duration.ofHours(24),
            Duration.ofMinutes(5),
            TIME_WORDS,
            Duration.ofHours(1),
            Duration.ofMinutes(5),
            Duration.ofSeconds(60),
            256 << 10,
            1 << 20,
            Set.of(),
            Set.of("stream", "stream_options"),
            FILLERS);

    private DefaultRules() {}
}
