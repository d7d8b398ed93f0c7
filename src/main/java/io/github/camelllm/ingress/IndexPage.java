package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.ingress.ServedPaths.Served;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /}: the gateway's version and what it serves, the user's own routes included, each with the description of
 * its route. JSON, or HTML for a browser.
 */
public final class IndexPage implements Processor {

    private static final String NAME = "camel-llm-gateway";
    private static final String HTML = "text/html";
    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>camel-llm-gateway</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 3rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; margin-bottom: 0; }
            table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; }
            th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8884; }
            code { font: 14px ui-monospace, monospace; }
            .methods { white-space: nowrap; }
            </style>
            </head>
            <body>
            """;

    @Override
    public void process(Exchange exchange) {
        List<Served> all = new ServedPaths(exchange.getContext()).all();
        boolean html = wantsHtml(exchange.getMessage().getHeader("Accept", "", String.class));
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, html ? HTML + "; charset=utf-8" : "application/json");
        message.setHeader("Vary", "Accept");
        if (html) {
            message.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
            message.setHeader("X-Content-Type-Options", "nosniff");
        }
        message.setBody(html ? html(all).getBytes(StandardCharsets.UTF_8) : Json.write(json(all)));
    }

    /** A browser names HTML; what names JSON first, or takes anything, gets JSON. */
    private static boolean wantsHtml(String accept) {
        String types = accept.toLowerCase(Locale.ROOT);
        int html = types.indexOf(HTML);
        int json = types.indexOf("application/json");
        return html >= 0 && (json < 0 || html < json);
    }

    private static ObjectNode json(List<Served> all) {
        ObjectNode json = Json.object().put("name", NAME).put("version", version());
        ArrayNode endpoints = json.putArray("endpoints");
        for (Served served : all) {
            ObjectNode endpoint = endpoints.addObject().put("path", served.path());
            ArrayNode methods = endpoint.putArray("methods");
            served.methods().forEach(methods::add);
            if (!served.description().isEmpty()) {
                endpoint.put("description", served.description());
            }
        }
        return json;
    }

    private static String html(List<Served> all) {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("<h1>").append(NAME).append("</h1>\n<p>Version ").append(escaped(version()));
        page.append(". OpenAI's clients take this address with <code>/v1</code> as their base URL,");
        page.append(" Anthropic's take it as it is.</p>\n<table>\n");
        page.append("<tr><th>Method</th><th>Path</th><th></th></tr>\n");
        for (Served served : all) {
            page.append("<tr><td class=\"methods\"><code>")
                    .append(escaped(String.join(", ", served.chosen())))
                    .append("</code></td><td><code>")
                    .append(link(served))
                    .append("</code></td><td>")
                    .append(escaped(served.description()))
                    .append("</td></tr>\n");
        }
        return page.append("</table>\n</body>\n</html>\n").toString();
    }

    private static String link(Served served) {
        String path = escaped(served.path());
        boolean opens = served.methods().contains("GET") && !path.contains("{") && !path.contains("*");
        return opens ? "<a href=\"" + path + "\">" + path + "</a>" : path;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String version() {
        String version = IndexPage.class.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }
}
