package io.github.camelllm.cost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.config.YamlReport;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a file of prices, token by token, for the public lists are large. Fields that it does not know are passed over;
 * of a name that stands in it twice the last counts.
 */
final class PriceFile {

    /** An entry of LiteLLM's list that explains the fields, and is no model. */
    private static final String SAMPLE = "sample_spec";

    private static final String EXPECTED =
            "expected an object of models, as in LiteLLM's model_prices_and_context_window.json";
    private static final Pattern TIER = Pattern.compile("(.+)_above_(\\d{1,6})k_tokens");
    private static final BigDecimal DEAREST = BigDecimal.valueOf(1_000);
    private static final int MOST_DIGITS = 40;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(100).build())
            .build();

    private final JsonParser parser;
    private final YamlReport report;

    private PriceFile(JsonParser parser, YamlReport report) {
        this.parser = parser;
        this.report = report;
    }

    /** What the file says and what is wrong with it; the file is there. */
    static WatchedFile.Read<PriceList> read(Path file) {
        YamlReport report = new YamlReport(file);
        Map<String, ModelPrice> prices = new HashMap<>();
        try (InputStream in = ConfigFile.open(file);
                JsonParser parser = JSON.createParser(in)) {
            new PriceFile(parser, report).models(prices);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            report.add(
                    line,
                    "is not valid JSON (" + said(e.getOriginalMessage())
                            + "); check commas, quotes and brackets here and in the line above");
        } catch (IOException e) {
            report.add(0, "cannot be read; expected a UTF-8 file that the gateway's user may read");
        }
        return new WatchedFile.Read<>(new PriceList(prices), report.problems());
    }

    private static String said(String message) {
        int end = message.indexOf(':');
        return Shown.bare(end > 0 ? message.substring(0, end) : message);
    }

    private void models(Map<String, ModelPrice> prices) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            report.add(line(), (parser.currentToken() == null ? "is empty; " : "is no object; ") + EXPECTED);
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals(SAMPLE)) {
                parser.skipChildren();
            } else if (parser.currentToken() != JsonToken.START_OBJECT) {
                report.add(line(), Shown.text(name) + " is no object; expected its prices in { }");
                parser.skipChildren();
            } else {
                ModelPrice price = model(name);
                if (price.isPriced() || price.mostOutput() > 0) {
                    prices.put(name, price);
                } else {
                    prices.remove(name);
                }
            }
        }
        if (parser.nextToken() != null) {
            report.add(line(), "goes on after its end; " + EXPECTED);
        }
    }

    private ModelPrice model(String name) throws IOException {
        Map<Long, Map<String, BigDecimal>> tiers = new TreeMap<>();
        tiers.put(0L, new HashMap<>());
        String provider = null;
        long mostOutput = 0;
        long mostTokens = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "litellm_provider" ->
                    provider = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
                case "max_output_tokens" -> mostOutput = tokens();
                case "max_tokens" -> mostTokens = tokens();
                default -> price(name, field, tiers);
            }
            parser.skipChildren();
        }
        BigDecimal perImage = tiers.get(0L).get("input_cost_per_image");
        return new ModelPrice(provider, mostOutput > 0 ? mostOutput : mostTokens, perImage, rates(tiers));
    }

    private static List<Rates> rates(Map<Long, Map<String, BigDecimal>> tiers) {
        List<Rates> rates = new ArrayList<>();
        tiers.forEach((above, prices) -> {
            Rates tier = new Rates(
                    above,
                    prices.get("input_cost_per_token"),
                    prices.get("output_cost_per_token"),
                    prices.get("cache_read_input_token_cost"),
                    prices.get("cache_creation_input_token_cost"),
                    prices.get("cache_creation_input_token_cost_above_1hr"),
                    prices.get("output_cost_per_reasoning_token"));
            rates.add(rates.isEmpty() ? tier : tier.over(rates.get(rates.size() - 1)));
        });
        return rates;
    }

    private void price(String model, String field, Map<Long, Map<String, BigDecimal>> tiers) throws IOException {
        Matcher tier = TIER.matcher(field);
        String base = tier.matches() ? tier.group(1) : field;
        if (!isKnown(base)) {
            return;
        }
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        BigDecimal price = number();
        if (price == null || price.signum() < 0 || price.compareTo(DEAREST) > 0) {
            report.add(
                    line(),
                    Shown.text(model) + ": " + field + " is " + shown() + "; expected dollars, a number from 0 to "
                            + DEAREST);
            return;
        }
        long above = tier.matches() ? Long.parseLong(tier.group(2)) * 1000 : 0;
        tiers.computeIfAbsent(above, key -> new HashMap<>()).put(base, price);
    }

    private static boolean isKnown(String field) {
        return switch (field) {
            case "input_cost_per_token",
                    "output_cost_per_token",
                    "cache_read_input_token_cost",
                    "cache_creation_input_token_cost",
                    "cache_creation_input_token_cost_above_1hr",
                    "output_cost_per_reasoning_token",
                    "input_cost_per_image" -> true;
            default -> false;
        };
    }

    /** A number, be it in quotes; null when there is none, or one whose digits would fill the memory. */
    private BigDecimal number() throws IOException {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
            return null;
        }
        String text = parser.getText().strip();
        if (text.isEmpty() || text.length() > MOST_DIGITS) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text);
            return Math.abs((long) number.scale()) > MOST_DIGITS ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** A count of tokens; 0 for whatever is none, since nobody is billed by it. */
    private long tokens() throws IOException {
        BigDecimal number = number();
        return number == null || number.signum() < 0 || number.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? 0
                : number.longValue();
    }

    private String shown() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            default -> Shown.text(parser.getText());
        };
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }
}
