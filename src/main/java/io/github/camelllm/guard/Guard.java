package io.github.camelllm.guard;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.GuardNote;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.guard.GuardSettings.Breaking;
import io.github.camelllm.guard.GuardSettings.Treatment;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code guard}: scores what users say, what tools have given and what documents hold apart from one another, and flags,
 * sanitises or blocks what looks like an attempt to take over the model. As it stands without settings it flags, and changes nothing
 * but tokens of chat templates in what users say. {@code tenants} of the file of rules has other actions for single tenants.
 *
 * <p>Routes read what it has done in the exchange properties {@link #PROPERTY}, {@link #ORIGINS} and {@link #SCORE}, and may end a call
 * that it has flagged with {@code bean: { ref: llmGuard, method: refuse }}. One bean may stand in several routes.
 *
 * <pre>{@code
 * - name: guard
 *   type: io.github.camelllm.guard.Guard
 *   properties: { file: "{{llm.guard.file}}", users: flag, tools: flag }
 * }</pre>
 */
public final class Guard extends Step implements MeterBinder {

    /** The exchange property with what was done: {@code passed}, {@code flagged} or {@code sanitised}. */
    public static final String PROPERTY = "llm.guard";

    /**
     * The exchange property with whose texts look like an attack: {@code user}, {@code tool}, {@code document}, {@code definition} and
     * {@code system} with commas between them; empty when none does.
     */
    public static final String ORIGINS = "llm.guard.origins";

    /** The exchange property with the highest score, from 0 to 1, of the texts that look like an attack; 0 when none does. */
    public static final String SCORE = "llm.guard.score";

    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final int NAMED_RULES = 3;

    private final GuardMeters meters = new GuardMeters();
    private final Map<Origin, Treatment> treatments = GuardSettings.usual();
    private String configDir = "";
    private String file = "guard.yaml";
    private String model = GuardSettings.SHIPPED;
    private boolean earlierTurns = true;
    private Breaking breaking = Breaking.USERS;
    private String detectorUri = "";
    private Duration detectorTimeout = Duration.ofSeconds(2);
    private double detectorThreshold = 0.5;
    private boolean failOpen = true;

    private GuardSettings settings;
    private LinearModel judge;
    private WatchedFile<GuardRules> rules;
    private final Set<Route> running = new HashSet<>();
    private volatile Detection detection;
    private volatile Scorer scorer;

    /** The directory that relative files are in; the working directory if not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The rules; without the file those hold that the shipped one has. {@code guard.yaml} unless set. */
    public void setFile(String file) {
        this.file = file;
    }

    /** The model that judges words: {@code shipped} unless set; {@code off}, or a file made by {@code bin/gateway eval injection --train}. */
    public void setModel(String model) {
        this.model = model.strip();
    }

    /** What becomes of users' texts: {@code flag} unless set; {@code sanitise}, {@code block} or {@code off}. */
    public void setUsers(String action) {
        treat(Origin.USER, Action.of("users", action));
    }

    /** The score, above 0 and up to 1, from which on a user's text is an attack; 0.5 unless set. */
    public void setUsersFrom(double threshold) {
        treat(Origin.USER, threshold);
    }

    /** What becomes of tools' results: {@code flag} unless set; {@code sanitise}, {@code block} or {@code off}. */
    public void setTools(String action) {
        treat(Origin.TOOL, Action.of("tools", action));
    }

    /** The score from which on a tool's result is an attack; 0.5 unless set. */
    public void setToolsFrom(double threshold) {
        treat(Origin.TOOL, threshold);
    }

    /** What becomes of documents: {@code flag} unless set; {@code sanitise}, {@code block} or {@code off}. */
    public void setDocuments(String action) {
        treat(Origin.DOCUMENT, Action.of("documents", action));
    }

    /** The score from which on a document is an attack; 0.5 unless set. */
    public void setDocumentsFrom(double threshold) {
        treat(Origin.DOCUMENT, threshold);
    }

    /** What becomes of definitions of tools: {@code flag} unless set; {@code block} or {@code off}. */
    public void setDefinitions(String action) {
        Action wanted = Action.of("definitions", action);
        if (!Origin.DEFINITION.allows(wanted)) {
            throw new IllegalArgumentException("guard.definitions is 'sanitise'; block, flag and off are allowed");
        }
        treat(Origin.DEFINITION, wanted);
    }

    /** The score from which on a tool's definition is an attack; 0.5 unless set. */
    public void setDefinitionsFrom(double threshold) {
        treat(Origin.DEFINITION, threshold);
    }

    /** What becomes of system messages, which are the operator's: {@code off} unless set. */
    public void setSystem(String action) {
        treat(Origin.SYSTEM, Action.of("system", action));
    }

    /** The score from which on a system message is an attack; 0.5 unless set. */
    public void setSystemFrom(double threshold) {
        treat(Origin.SYSTEM, threshold);
    }

    /** Which of the user's turns are judged: {@code all} unless set, also together; or {@code last}. */
    public void setTurns(String turns) {
        this.earlierTurns = GuardSettings.earlierTurns(turns);
    }

    /**
     * Whose tokens of chat templates are broken up: {@code users} unless set; {@code all}, what tools, documents and earlier answers
     * hold, too; or {@code off}. Data of which the action is {@code sanitise} or {@code block} have theirs broken up in any case.
     */
    public void setSpecialTokens(String whose) {
        this.breaking = Breaking.of(whose);
    }

    /** A Camel endpoint with a model that judges texts too; none unless set. What it is asked stands in docs/guard.md. */
    public void setDetector(String uri) {
        this.detectorUri = uri.strip();
    }

    /** How long to wait for the detector: 2 seconds unless set. */
    public void setDetectorTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("guard.detectorTimeout is " + timeout + "; more than 0 is allowed");
        }
        this.detectorTimeout = timeout;
    }

    /** The detector's score from which on a text is an attack: above 0 and up to 1; 0.5 unless set. */
    public void setDetectorFrom(double threshold) {
        this.detectorThreshold = new Treatment(Action.FLAG, threshold).threshold();
    }

    /** What becomes of calls when the detector gives no answer: {@code pass}, they go on, unless set; {@code refuse}. */
    public void setDetectorDown(String how) {
        this.failOpen = switch (how.strip()) {
            case "pass" -> true;
            case "refuse" -> false;
            default ->
                throw new IllegalArgumentException(
                        "guard.detectorDown is '" + how.strip() + "'; pass and refuse are allowed");
        };
    }

    private void treat(Origin origin, Action action) {
        treatments.put(origin, new Treatment(action, treatments.get(origin).threshold()));
    }

    private void treat(Origin origin, double threshold) {
        treatments.put(origin, new Treatment(treatments.get(origin).action(), threshold));
    }

    @Override
    protected synchronized void onStart(Route route) throws IOException {
        if (rules == null) {
            settings = new GuardSettings(ConfigFile.of(configDir, file), model, treatments, earlierTurns, breaking);
            judge = judge();
            rules = WatchedFile.open(settings.rules(), GuardRulesFile::read, Calls.ticker(route.getCamelContext()));
            scorer = new Scorer(rules.get(), judge);
            LOG.info(
                    "The guard has {} rules from {}",
                    rules.get().rules().rules().size(),
                    settings.rules());
        }
        if (running.isEmpty() && !detectorUri.isEmpty()) {
            Detector detector = new Detector(route.getCamelContext(), detectorUri, detectorTimeout);
            detection = new Detection(detector, detectorUri, detectorThreshold, failOpen, meters);
        }
        running.add(route);
    }

    @Override
    protected synchronized void onStop(Route route) {
        if (running.remove(route) && running.isEmpty() && detection != null) {
            detection.close(); // and is still there, without answers, for calls that have not ended
        }
    }

    private LinearModel judge() throws IOException {
        if (model.equals(GuardSettings.OFF)) {
            return null;
        }
        if (model.equals(GuardSettings.SHIPPED)) {
            return LinearModel.shipped();
        }
        Path path = Path.of(configDir).resolve(model);
        try (InputStream in = Files.newInputStream(path)) {
            return LinearModel.read(in);
        } catch (IOException e) {
            throw new IOException(
                    "guard.model: " + path + " " + (Files.exists(path) ? e.getMessage() : "does not exist"), e);
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters.bindTo(registry);
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Screening screening =
                new Screening(call.getRequest().tree(), call.getIdentity().tenant(), settings, scorer());
        if (screening.hasBrokenTokens()) {
            meters.brokenTokens();
            call.warn("tokens of chat templates broken up");
        }
        List<Finding> findings = screening.findings();
        Detection detection = this.detection;
        if (detection != null && findings.stream().noneMatch(found -> found.action() == Action.BLOCK)) {
            findings = detection.added(call, screening, findings);
        }
        exchange.setProperty(
                ORIGINS,
                findings.stream()
                        .map(found -> found.origin().label())
                        .distinct()
                        .collect(Collectors.joining(",")));
        exchange.setProperty(
                SCORE,
                findings.stream()
                        .mapToDouble(found -> found.score().value())
                        .max()
                        .orElse(0));
        exchange.setProperty(PROPERTY, act(call, screening, findings));
        next.proceed();
    }

    /** The scorer of the rules as the file has them now. */
    private Scorer scorer() {
        GuardRules now = rules.get();
        Scorer current = scorer;
        if (current.rules() != now) {
            current = new Scorer(now, judge);
            scorer = current;
        }
        return current;
    }

    /** Does what is to be done, and tells what that was. */
    private String act(Call call, Screening screening, List<Finding> findings) {
        if (findings.isEmpty()) {
            return "passed";
        }
        findings.forEach(meters::found);
        Finding worst = findings.stream()
                .max(Comparator.comparing(Finding::action)
                        .thenComparing(found -> found.score().value()))
                .orElseThrow();
        call.guard(new GuardNote(
                worst.action().done(),
                worst.score().value(),
                worst.place(),
                worst.score().rules()));
        if (worst.action() == Action.BLOCK) {
            throw refusal(worst.place(), worst.score().rules());
        }
        List<Finding> dirty = findings.stream()
                .filter(found -> found.action() == Action.SANITISE)
                .toList();
        if (!dirty.isEmpty()) {
            screening.sanitise(dirty);
        }
        return worst.action().done();
    }

    /**
     * Ends a call in which this step has found something, as the action {@code block} would; for routes that choose themselves what they
     * refuse. Does nothing where nothing was found.
     *
     * @throws Problem {@code prompt_injection}
     */
    public void refuse(Exchange exchange) {
        Call call = Calls.of(exchange);
        GuardNote found = call.getGuard();
        if (found != null) {
            call.guard(new GuardNote(Action.BLOCK.done(), found.score(), found.place(), found.rules()));
            throw refusal(found.place(), found.rules());
        }
    }

    private static Problem refusal(String place, List<String> names) {
        return Problem.of(
                        ErrorCode.PROMPT_INJECTION,
                        "The text in " + place
                                + " looks like an attempt to override the model's instructions (rules: "
                                + String.join(", ", names.subList(0, Math.min(NAMED_RULES, names.size())))
                                + "). Say what you want without it.")
                .withParam(place);
    }
}
