package io.github.camelllm.privacy.detect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** API keys by the prefixes of who gives them out, JSON web tokens and private keys. */
final class Secrets {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final int PEM = 16_384;
    private static final int TOKEN = 8_192;

    /** A prefix, and how many characters of a key follow at least. */
    private record Prefix(String text, int least) {}

    private static final Prefix[][] PREFIXES = byFirst(
            "sk-20 sk_live_16 sk_test_16 rk_live_16 rk_test_16 pk_live_16 whsec_20 AKIA16 ASIA16 ABIA16 ACCA16 ghp_30 gho_30 ghu_30"
                    + " ghs_30 ghr_30 github_pat_22 glpat-18 gldt-18 xoxb-20 xoxp-20 xoxa-20 xoxr-20 xoxs-20 xapp-20 AIza35 ya29.20"
                    + " GOCSPX-20 SG.32 hf_30 npm_30 pypi-32 dop_v1_40 doo_v1_40 shpat_30 shpss_30 shpca_30 gsk_30 xai-30 pplx-30"
                    + " r8_30 nvapi-30 tvly-20 lsv2_20 AGE-SECRET-KEY-40 dckr_pat_20 hvs.20 atlasv1.30 sntrys_30 EAACEdEose0cBA10"
                    + " rubygems_32 key-32 sq0atp-20 sq0csp-30 dapi32 figd_30 PMAK-40 CCIPAT_30 glsa_30 phc_30 phx_30 sbp_30"
                    + " linear_api_30 ntn_30 secret_40");

    private Secrets() {}

    private static Prefix[][] byFirst(String list) {
        List<List<Prefix>> table = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            table.add(new ArrayList<>());
        }
        for (String item : list.split(" ")) {
            int digits = item.length();
            while (Letters.isDigit(item.charAt(digits - 1)) && item.length() - digits < 2) {
                digits--;
            }
            table.get(item.charAt(0))
                    .add(new Prefix(item.substring(0, digits), Integer.parseInt(item.substring(digits))));
        }
        return table.stream().map(one -> one.toArray(Prefix[]::new)).toArray(Prefix[][]::new);
    }

    /**
     * Notes a key or token that begins at the first character of a word.
     *
     * @return where what was looked at ends, so that it is looked at once; the start where nothing was
     */
    static int find(String text, int start, Candidates found) {
        char first = text.charAt(start);
        if (first >= 128) {
            return start;
        }
        if (first == 'e' && text.startsWith("eyJ", start)) {
            return token(text, start, found);
        }
        for (Prefix prefix : PREFIXES[first]) {
            if (text.startsWith(prefix.text(), start)) {
                int body = start + prefix.text().length();
                int end = padded(text, body, run(text, body, TOKEN));
                while (end > body && !Letters.isWord(text.charAt(end - 1))) {
                    end--;
                }
                if (end - body >= prefix.least() && mixed(text, body, end, 1)) {
                    found.add(start, end, PiiType.API_KEY, 0.95);
                }
                return Math.max(end, start);
            }
        }
        return start;
    }

    private static int run(String text, int start, int most) {
        int end = start;
        while (end < text.length() && end - start < most && isKey(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Where a key ends by its equals signs, which stand at the end of one alone: what goes on behind is a value's. */
    private static int padded(String text, int start, int end) {
        int at = start;
        while (at < end && text.charAt(at) != '=') {
            at++;
        }
        int sign = at;
        while (at < end && text.charAt(at) == '=') {
            at++;
        }
        return at < end ? sign : at;
    }

    static boolean isKey(char c) {
        return Letters.isDigit(c)
                || Letters.isLatin(c)
                || c == '_'
                || c == '-'
                || c == '.'
                || c == '/'
                || c == '+'
                || c == '=';
    }

    /** Whether there are letters and digits both, changing often enough for something that no man has written. */
    static boolean mixed(String text, int start, int end, int least) {
        int digits = 0;
        int letters = 0;
        int signs = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            digits += Letters.isDigit(c) ? 1 : 0;
            letters += Letters.isLatin(c) ? 1 : 0;
            signs += c == '/' || c == '.' || c == '-' ? 1 : 0;
        }
        return digits >= least && letters >= 4 && signs * 5 < end - start;
    }

    private static int token(String text, int start, Candidates found) {
        int dots = 0;
        int end = start;
        int header = -1;
        for (; end < text.length() && end - start < TOKEN; end++) {
            char c = text.charAt(end);
            if (c == '.') {
                header = dots == 0 ? end : header;
                dots++;
            } else if (!Letters.isDigit(c) && !Letters.isLatin(c) && c != '-' && c != '_') {
                break;
            }
        }
        int last = end;
        while (last > start && text.charAt(last - 1) == '.') {
            last--;
            dots--;
        }
        if (dots >= 1 && header > 0 && header - start < 1024 && isHeader(text.substring(start, header))) {
            found.add(start, last, PiiType.JWT, 0.95);
        }
        return end;
    }

    private static boolean isHeader(String encoded) {
        try {
            String json = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
            return json.startsWith("{") && json.contains("\"alg\"");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Notes a private key in PEM that begins at a hyphen. One that has no end goes as far as its lines do.
     *
     * @return where what was looked at ends; the start where nothing was
     */
    static int pem(String text, int start, Candidates found) {
        if (!text.startsWith(BEGIN, start)) {
            return start;
        }
        int label = start + BEGIN.length();
        int at = label;
        while (at < text.length() && at - label < 40 && (Letters.isWord(text.charAt(at)) || text.charAt(at) == ' ')) {
            at++;
        }
        if (!text.startsWith("-----", at) || !text.substring(label, at).contains("PRIVATE KEY")) {
            return at;
        }
        int body = at + 5;
        int end = body;
        while (end < text.length() && end - body < PEM && text.charAt(end) != '-') {
            char c = text.charAt(end);
            if (!isKey(c) && c > ' ' && c != '\\' && c != ':' && c != ',') {
                break;
            }
            end++;
        }
        if (text.startsWith(END, end)) {
            int close = text.indexOf("-----", end + END.length());
            end = close < 0 || close - end > 64 ? end : close + 5;
        }
        found.add(start, end, PiiType.PRIVATE_KEY, 0.99);
        return end;
    }
}
