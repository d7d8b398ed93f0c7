package io.github.camelllm.privacy;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.text.AnswerTexts;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.privacy.TypeRule.Direction;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code redact}: finds what is personal or secret in a request, puts placeholders in its place as far as {@code
 * config/privacy.yaml} says so, and puts the values back into the answer, streams included. What comes up in the answer that
 * the request had not is looked for as well. The values live with the call alone: whatever stands below this step, the cache
 * and the models included, and whatever is recorded, has placeholders.
 *
 * <p>Above {@code cache}, {@code degrade} and all that writes texts down. One bean may stand in several routes.
 *
 * <pre>{@code
 * - name: redact
 *   type: io.github.camelllm.privacy.Redact
 *   properties: { file: "{{llm.privacy.file}}", key: "{{llm.privacy.key}}" }
 * }</pre>
 */
public final class Redact extends Step implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Redact.class);

    private final RedactionMeters meters = new RedactionMeters();
    private String configDir = "";
    private String file = "privacy.yaml";
    private String key = "";
    private String analyzerUri = "";
    private String analyzerLanguage = "en";
    private Duration analyzerTimeout = Duration.ofSeconds(2);
    private String analyzerDown = "refuse";
    private double analyzerThreshold = 0.5;

    private int routes;
    private volatile PrivacySettings settings;
    private volatile WatchedFile<PrivacyRules> rules;
    private volatile EndpointAnalyzer analyzer;

    /** The directory that a relative {@link #setFile file} is in; the working directory if not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The rules; without the file those hold that the shipped one has. {@code privacy.yaml} unless set. */
    public void setFile(String file) {
        this.file = file;
    }

    /** The secret that values are hashed with; needed for keyed placeholders and the action hash alone. */
    public void setKey(String key) {
        this.key = key;
    }

    /** A Camel endpoint that finds more, in the words of Presidio's analyzer; blank for none. */
    public void setAnalyzer(String analyzer) {
        this.analyzerUri = analyzer;
    }

    /** The language that the analyzer is told; {@code en} unless set. */
    public void setAnalyzerLanguage(String analyzerLanguage) {
        this.analyzerLanguage = analyzerLanguage;
    }

    /** How long the analyzer may take: 1 ms to 1 minute; 2 seconds unless set. */
    public void setAnalyzerTimeout(Duration analyzerTimeout) {
        this.analyzerTimeout = analyzerTimeout;
    }

    /** What becomes of calls while the analyzer does not answer: {@code refuse}, which holds unless set, or {@code pass}. */
    public void setAnalyzerDown(String analyzerDown) {
        this.analyzerDown = analyzerDown;
    }

    /** The score that the analyzer's findings must reach: 0 to 1; 0.5 unless set. */
    public void setAnalyzerThreshold(double analyzerThreshold) {
        this.analyzerThreshold = analyzerThreshold;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters.bindTo(registry);
    }

    @Override
    protected synchronized void onStart(Route route) {
        if (routes++ > 0) {
            return;
        }
        PrivacySettings now = new PrivacySettings(
                ConfigFile.of(configDir, file),
                new Keys(key),
                analyzerUri.strip(),
                analyzerLanguage,
                analyzerTimeout,
                PrivacySettings.refuses(analyzerDown),
                analyzerThreshold);
        boolean keyIsThere = now.keys().isPresent();
        rules = WatchedFile.open(
                now.file(), path -> PrivacyFile.read(path, keyIsThere), Calls.ticker(route.getCamelContext()));
        analyzer = now.analyzer().isEmpty() ? null : new EndpointAnalyzer(route.getCamelContext(), now);
        settings = now;
    }

    @Override
    protected synchronized void onStop(Route route) {
        if (--routes == 0 && analyzer != null) {
            analyzer.close();
            analyzer = null;
        }
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        PrivacyRules now = rules.get();
        CallPrivacy privacy = new CallPrivacy(now, settings.keys(), call, meters::found);
        boolean oneWay = call.getOperation() != Operation.CHAT;
        if (analyzer != null || now.actsOn(Direction.REQUEST)) {
            try {
                request(call, privacy, oneWay);
            } catch (RuntimeException e) {
                call.withhold();
                throw e;
            }
        }
        Calls.publish(exchange, call);
        next.proceed();
        boolean looks = now.actsOn(Direction.ANSWER);
        if (oneWay || !looks && !privacy.restores()) {
            return;
        }
        Object body = exchange.getMessage().getBody();
        if (body instanceof TokenStream stream) {
            exchange.getMessage().setBody(AnswerTexts.rewrite(stream, place -> privacy.answer(place, looks)));
        } else if (body instanceof Answer answer) {
            AnswerTexts.rewrite(answer, place -> privacy.answer(place, looks));
        }
    }

    private void request(Call call, CallPrivacy privacy, boolean oneWay) {
        try {
            privacy.request(call.getRequest(), analyzer, oneWay);
        } catch (AnalyzerFailure e) {
            meters.failed(e.isLate());
            LOG.warn("request {}: {}; it is {}", call.getId(), e.getMessage(), settings.refuses() ? "refused" : "sent");
            if (settings.refuses()) {
                throw Problem.of(
                                e.isLate() ? ErrorCode.UPSTREAM_TIMEOUT : ErrorCode.UPSTREAM_ERROR,
                                "The gateway cannot look for personal data in this request now; try again later.")
                        .withDetail(e.getMessage());
            }
            call.warn("sent without the analyzer's look at it");
            privacy.request(call.getRequest(), null, oneWay);
        }
    }
}
