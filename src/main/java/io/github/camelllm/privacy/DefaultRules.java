package io.github.camelllm.privacy;

import io.github.camelllm.call.Classification;
import io.github.camelllm.privacy.detect.DetectorSettings;
import io.github.camelllm.privacy.detect.Detectors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rules that hold without a file, which are those of the shipped one. */
final class DefaultRules {

    static final int MASK_KEEP = 4;

    static final TypeRule OTHERS = new TypeRule(Action.PSEUDONYM, Action.REPORT, Classification.RESTRICTED);

    /** What people are reached by. */
    private static final TypeRule CONTACTS = new TypeRule(Action.PSEUDONYM, Action.REPORT, Classification.CONFIDENTIAL);

    /** What names machines, vehicles, places and companies. */
    private static final TypeRule THINGS = new TypeRule(Action.REPORT, Action.ALLOW, Classification.INTERNAL);

    static final Map<String, TypeRule> TYPES = types();

    private DefaultRules() {}

    private static Map<String, TypeRule> types() {
        Map<String, TypeRule> types = new LinkedHashMap<>();
        for (String type : List.of("EMAIL_ADDRESS", "PHONE_NUMBER", "DATE_OF_BIRTH")) {
            types.put(type, CONTACTS);
        }
        for (String type : List.of(
                "IP_ADDRESS",
                "MAC_ADDRESS",
                "UK_POSTCODE",
                "UK_VEHICLE_REGISTRATION",
                "IN_VEHICLE_REGISTRATION",
                "NG_VEHICLE_REGISTRATION",
                "TR_LICENSE_PLATE",
                "DE_KFZ",
                "ABA_ROUTING_NUMBER",
                "US_NPI",
                "DE_LANR",
                "DE_BSNR",
                "DE_VAT_ID",
                "IT_VAT_CODE",
                "SE_ORGANISATIONSNUMMER",
                "AU_ABN",
                "AU_ACN",
                "SG_UEN",
                "KR_BRN",
                "BR_CNPJ",
                "IN_GSTIN")) {
            types.put(type, THINGS);
        }
        return Map.copyOf(types);
    }

    static PrivacyRules rules() {
        return new PrivacyRules(
                Detectors.of(DetectorSettings.DEFAULTS), TYPES, OTHERS, false, true, MASK_KEEP, Hold.WORDS);
    }
}
