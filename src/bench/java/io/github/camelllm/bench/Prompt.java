package io.github.camelllm.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The request that the driver sends: a prompt of 2 KB, made once; only its number differs from request to request. */
final class Prompt {

    private static final String NUMBER = "0000000000";
    private static final String TEXT =
            """
            Summarise the minutes below for a colleague who was away. Keep every decision and every date, drop the small \
            talk, and end with the open questions as a list. Write in plain sentences of at most twenty words. \
            Minutes: The planning group met at ten in the large room; seven people came and two sent their regrets. \
            The first point was the release. Engineering reported that the import job is finished and that the export \
            job needs another week, mostly because the partner changed the format of the address file without telling \
            anyone. Operations asked for a dry run on a copy of the data before anything goes live, and everybody \
            agreed. The second point was the budget. Travel is over by a tenth, training is under by about the same \
            amount, and the group decided to let the two cancel out rather than to ask for more. The third point was \
            the office move. The new lease starts in spring; the old one ends a month later, so that there is time to \
            carry things over in two goes. Facilities will send a floor plan and would like wishes by Friday. Someone \
            asked whether the kitchen could be larger, and someone else asked whether the kitchen could be quieter; \
            both were noted. The fourth point was support. The number of tickets fell by a fifth since the handbook \
            was rewritten, but the hard ones take as long as before, since they wait for an answer from the supplier. \
            It was proposed to ask the supplier for a fixed time of response, and to measure it ourselves for a month \
            first, so that the talk can start from figures. Under any other business, two new colleagues introduced \
            themselves, the photographs of the summer party were shown, and the date of the next meeting was set to \
            the first Tuesday of the month. Open: who signs off the dry run, whether the training money may be moved \
            at all, and who speaks to the supplier about the time of response before the year is out.""";

    private final byte[] request;
    private final int numberAt;
    private long number;

    Prompt(Load load) {
        boolean stream = load.script().events() > 0;
        String body = "{\"model\":\"" + load.model() + "\",\"messages\":[{\"role\":\"system\",\"content\":\"Request "
                + NUMBER + ' ' + load.script().directive()
                + " You write short summaries.\"},{\"role\":\"user\",\"content\":\"" + TEXT
                + "\"}],\"temperature\":0.2,\"max_tokens\":200" + (stream ? ",\"stream\":true}" : "}");
        URI url = URI.create(load.url());
        String head = "POST " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                + "\r\nContent-Type: application/json\r\nAccept: application/json\r\nUser-Agent: bench/1\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n";
        request = (head + body).getBytes(StandardCharsets.US_ASCII);
        numberAt = (head + body).indexOf(NUMBER);
    }

    /** The next request as bytes on the wire. No two have the same prompt, so that no cache can answer them. */
    byte[] next() {
        byte[] copy = request.clone();
        long rest = ++number;
        for (int i = numberAt + NUMBER.length() - 1; rest > 0; i--) {
            copy[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return copy;
    }
}
