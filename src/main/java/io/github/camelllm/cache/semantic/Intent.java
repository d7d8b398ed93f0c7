package io.github.camelllm.cache.semantic;

import java.util.Set;

/** What kind of question is asked, found out word by word. */
final class Intent {

    private static final Set<String> QUESTIONS = Set.of(
            "who",
            "whose",
            "when",
            "where",
            "whereto",
            "wherefrom",
            "why",
            "how",
            "what",
            "howmany",
            "howmuch",
            "howlong",
            "howoften",
            "howfar",
            "howold",
            "price");

    /** They may stand before what opens a sentence. */
    private static final Set<String> BEFORE = Set.of("polite", "request", "article");

    private static final Set<String> AUXILIARIES =
            Set.of("aux", "past", "future", "can", "should", "must", "may", "would");
    private static final Set<String> ORDERS = Set.of("listing", "explain", "giving");

    private final boolean marked;
    private String type;
    private String opening;
    private boolean explains;
    private boolean gives;
    private boolean requests;
    private int end = -1;

    /** @param marked whether there is a question mark */
    Intent(boolean marked) {
        this.marked = marked;
    }

    static boolean isQuestion(String kind) {
        return QUESTIONS.contains(kind);
    }

    /** A word that says something. */
    void word() {
        opening = opening == null ? "word" : opening;
    }

    /** A word of that class. */
    void task(String kind) {
        requests |= opening == null && kind.equals("request");
        if (opening == null && !BEFORE.contains(kind)) {
            opening = AUXILIARIES.contains(kind) ? "aux" : kind;
        }
        explains |= kind.equals("explain");
        gives |= kind.equals("giving");
    }

    /** Whether a word of that class means what it says: list and explain are tasks where a sentence begins with them alone. */
    boolean takes(String kind) {
        return !ORDERS.contains(kind) || type == null && opening == null;
    }

    /** Whether a question word asks, rather than to hold a sentence together. */
    boolean asks(boolean relative) {
        return type == null && !relative;
    }

    /**
     * What is asked.
     *
     * @param place where what follows the question word begins
     */
    void ask(String kind, int place) {
        type = kind;
        end = place;
    }

    boolean isMarked() {
        return marked;
    }

    /** Whether what stands at a place follows what or which. */
    boolean isKindOfAnswer(int place) {
        return place == end && "what".equals(type);
    }

    /** Whether a verb at the end says no more than the question before it: how does it work, what does it cost. */
    boolean ends(String kind) {
        boolean price = kind.equals("costs") && ("howmuch".equals(type) || "what".equals(type));
        if (price) {
            type = "price";
        }
        return price || kind.equals("works") && "how".equals(type);
    }

    /** Such as who, when, price, list, explain, yes; {@code statement} when nothing shows it. */
    String shown() {
        if (type != null) {
            return type;
        }
        boolean yesOrNo = marked && !requests || "aux".equals(opening);
        return gives ? "list" : explains ? "explain" : yesOrNo ? "yes" : "statement";
    }
}
