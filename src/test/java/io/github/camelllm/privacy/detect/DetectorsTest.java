package io.github.camelllm.privacy.detect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.re2j.Pattern;
import io.github.camelllm.privacy.detect.DetectorSettings.OwnPattern;
import io.github.camelllm.privacy.detect.DetectorSettings.WordList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorsTest {

    private static final Detectors DETECTORS = Detectors.builtIn();

    private static List<String> shown(Detectors detectors, String text) {
        List<String> found = new ArrayList<>();
        for (Finding one : detectors.find(text)) {
            found.add(one.type() + " " + text.substring(one.start(), one.end()));
        }
        return found;
    }

    /** Sample numbers that the offices themselves, or their handbooks, give; what is in brackets must be found, and only that. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EMAIL_ADDRESS|write to [jane.doe+news@mail.example.co.uk], please",
                "EMAIL_ADDRESS|mail [info@xn--bcher-kva.example].",
                "URL_CREDENTIALS|postgres://[app:s3cr3t]@db.internal:5432/shop",
                "CREDIT_CARD|pay with [4111 1111 1111 1111] now",
                "CREDIT_CARD|card: [378282246310005]",
                "CREDIT_CARD|my maestro card is [6759649826438453]",
                "IBAN_CODE|to [DE89 3704 0044 0532 0130 00] by Friday",
                "IBAN_CODE|to [gb82west12345698765432], thanks",
                "CRYPTO|to [1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa]",
                "CRYPTO|to [bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4]",
                "CRYPTO|to [0x52908400098527886E0F7030069857D2E4169EE7]",
                "IP_ADDRESS|from [203.0.113.7]:443",
                "IP_ADDRESS|from [2001:db8::8a2e:370:7334] today",
                "IP_ADDRESS|block [10.1.0.0/16] there",
                "MAC_ADDRESS|it is [00:1A:2B:3C:4D:5E]",
                "US_SSN|it is [219-09-9998] there",
                "US_ITIN|my itin: [900-70-1234]",
                "US_PASSPORT|passport [A12345678]",
                "US_DRIVER_LICENSE|driver license [S530-4209-9512]",
                "ABA_ROUTING_NUMBER|routing number [021000021]",
                "US_BANK_NUMBER|checking account [000123456789]",
                "US_NPI|NPI [1234567893]",
                "US_MBI|it is [1EG4-TE5-MK73]",
                "MEDICAL_LICENSE|DEA [AB1234563]",
                "UK_NHS|NHS number [943 476 5919]",
                "UK_NINO|it is [AB 12 34 56 C]",
                "UK_DRIVING_LICENCE|it is [MORGA753116SM9IJ]",
                "UK_PASSPORT|my passport: [AB1234567]",
                "UK_POSTCODE|in [SW1A 2AA], London",
                "UK_VEHICLE_REGISTRATION|number plate [BD51 SMR]",
                "CA_SIN|SIN [130 692 544]",
                "BR_CPF|it is [529.982.247-25]",
                "BR_CNPJ|it is [11.444.777/0001-61]",
                "ES_NIF|it is [12345678Z]",
                "ES_NIE|it is [X1234567L]",
                "ES_PASSPORT|pasaporte [PAA123456]",
                "IT_FISCAL_CODE|it is [RSSMRA85T10A562S]",
                "IT_VAT_CODE|partita IVA [07643520567]",
                "IT_PASSPORT|passaporto [YA1234567]",
                "IT_DRIVER_LICENSE|patente [BO1234567C]",
                "IT_IDENTITY_CARD|carta d'identita [CA12345BC]",
                "FR_NIR|it is [2 55 08 14 168 025 38]",
                "PL_PESEL|PESEL [44051401359]",
                "FI_PERSONAL_IDENTITY_CODE|it is [131052-308T]",
                "SE_PERSONNUMMER|it is [811228-9874]",
                "SE_ORGANISATIONSNUMMER|orgnr [556016-0680]",
                "CH_AHV|it is [756.9217.0769.85]",
                "DE_TAX_ID|Steuer-ID [86095742719]",
                "DE_TAX_NUMBER|Steuernummer [181/815/08155]",
                "DE_VAT_ID|it is [DE136695976]",
                "DE_SOCIAL_SECURITY|it is [15070649C103]",
                "DE_HEALTH_INSURANCE|Krankenkasse [A123456780]",
                "DE_ID_CARD|Personalausweis [L01X00T471]",
                "DE_ID_CARD|Personalausweis [L01X00T47]",
                "DE_PASSPORT|Reisepass [C01X00T47]",
                "DE_FUEHRERSCHEIN|Führerschein [B072RRE2I55]",
                "DE_LANR|Arztnummer [123456601]",
                "DE_BSNR|Betriebsstättennummer [021234568]",
                "DE_KFZ|Kennzeichen [M-AB 1234]",
                "IN_AADHAAR|it is [2341 2341 2346]",
                "IN_PAN|it is [ABCPE1234F]",
                "IN_GSTIN|it is [27AAPFU0939F1ZV]",
                "IN_VOTER|voter card [ABC1234567]",
                "IN_PASSPORT|passport [J8369854]",
                "IN_VEHICLE_REGISTRATION|it is [MH12DE1433]",
                "AU_ABN|it is [51 824 753 556]",
                "AU_ACN|ACN [004 085 616]",
                "AU_TFN|TFN [123 456 782]",
                "AU_MEDICARE|medicare [4295 86721 1]",
                "SG_NRIC_FIN|it is [S1234567D]",
                "SG_UEN|it is [T08GB0046G]",
                "CN_ID|it is [11010519491231002X]",
                "KR_RRN|it is [800101-1234567]",
                "KR_FRN|it is [800101-5234567]",
                "KR_BRN|it is [220-81-62517]",
                "KR_PASSPORT|여권번호는 [M123A4567]입니다",
                "KR_DRIVER_LICENSE|it is [11-22-123456-12]",
                "TH_TNIN|เลขบัตรประชาชน [1101700230708]",
                "TR_NATIONAL_ID|TCKN [10000000146]",
                "TR_LICENSE_PLATE|plaka [34 ABC 123]",
                "PH_TIN|TIN: [123-456-782-000]",
                "ZA_ID_NUMBER|RSA ID [8001015009087]",
                "NG_NIN|NIN [12345678902]",
                "NG_VEHICLE_REGISTRATION|plate [ABJ-001AA]",
                "PHONE_NUMBER|call [(212) 555-0187 x12] today",
                "PHONE_NUMBER|reach me: [+49 (0)30 123456]",
                "PHONE_NUMBER|ring [020 7946 0958]",
                "PHONE_NUMBER|手机[13912345678]",
                "PHONE_NUMBER|Phone: [467 3395]",
                "DATE_OF_BIRTH|born on [12 May 1984]",
                "DATE_OF_BIRTH|DOB [1984-05-12]",
                "DATE_OF_BIRTH|geboren am [3.4.1985]",
                "API_KEY|use [sk-proj-abc123DEF456ghi789JKL012] for it",
                "API_KEY|api_key = \"[abcdEFGH1234567890abcdXYZ]\"",
                "API_KEY|[AKIAIOSFODNN7EXAMPLE]",
                "JWT|[eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl]",
                "PRIVATE_KEY|[-----BEGIN PRIVATE KEY-----MIIEvQ==-----END PRIVATE KEY-----] end",
            })
    void findsEachType(String type, String marked) {
        int start = marked.indexOf('[');
        int end = marked.lastIndexOf(']') - 1;
        String text = marked.substring(0, start) + marked.substring(start + 1, end + 1) + marked.substring(end + 2);
        assertThat(DETECTORS.find(text))
                .as("%s in %s", type, text)
                .extracting(Finding::type, Finding::start, Finding::end)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(type, start, end));
    }

    /** One digit of a number changed: the type is found no more, whatever else it may be. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREDIT_CARD|4111 1111 1111 1112",
                "IBAN_CODE|DE89 3704 0044 0532 0130 01",
                "IBAN_CODE|DE89 3704 0044 0532 0130 0",
                "CRYPTO|1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
                "CRYPTO|bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
                "IP_ADDRESS|203.0.113.256",
                "IP_ADDRESS|2001::25de::cade",
                "IP_ADDRESS|std::vector",
                "MAC_ADDRESS|00:1A:2B:3C:4D",
                "US_SSN|666-45-6789",
                "US_SSN|219-00-9998",
                "US_ITIN|900-69-1234",
                "ABA_ROUTING_NUMBER|021000022",
                "US_NPI|1234567894",
                "US_MBI|1SG4-TE5-MK73",
                "MEDICAL_LICENSE|AB1234564",
                "UK_NHS|943 476 5918",
                "UK_NINO|QQ 12 34 56 C",
                "UK_DRIVING_LICENCE|MORGA713116SM9IJ",
                "UK_POSTCODE|QA1A 2AA",
                "CA_SIN|130 692 545",
                "BR_CPF|529.982.247-26",
                "BR_CNPJ|11.444.777/0001-62",
                "ES_NIF|12345678A",
                "ES_NIE|X1234567M",
                "IT_VAT_CODE|07643520568",
                "FR_NIR|2 55 08 14 168 025 39",
                "PL_PESEL|44051401358",
                "FI_PERSONAL_IDENTITY_CODE|131052-308U",
                "SE_PERSONNUMMER|811228-9875",
                "SE_ORGANISATIONSNUMMER|556016-0681",
                "CH_AHV|756.9217.0769.86",
                "DE_TAX_ID|86095742718",
                "DE_VAT_ID|DE136695977",
                "DE_SOCIAL_SECURITY|15070649C104",
                "DE_HEALTH_INSURANCE|A123456781",
                "DE_ID_CARD|L01X00T472",
                "DE_LANR|123456501",
                "IN_AADHAAR|2341 2341 2347",
                "IN_GSTIN|39AAPFU0939F1ZV",
                "AU_ABN|51 824 753 557",
                "AU_ACN|004 085 617",
                "AU_TFN|123 456 783",
                "AU_MEDICARE|4295 86722 1",
                "CN_ID|110105194912310021",
                "KR_RRN|801301-1234567",
                "KR_BRN|220-81-62518",
                "TH_TNIN|1101700230709",
                "TR_NATIONAL_ID|10000000145",
                "PH_TIN|123-456-783-000",
                "ZA_ID_NUMBER|8001015009088",
                "NG_NIN|12345678903",
            })
    void aChecksumTells(String type, String value) {
        assertThat(DETECTORS.readings(value)).extracting(Finding::type).doesNotContain(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-11-05 10:22:33,123 INFO [main] took 1234567 ms, thread 140735620, java 17.0.15+6-LTS",
                "commit 8e1c7299a3b1c0ff2f4b5d6e7a8b9c0d1e2f3a4b, run 550e8400-e29b-41d4-a716-446655440000",
                "{\"id\":1234567890,\"created\":1700000000,\"order_id\":\"121000358\",\"price\":1299.99}",
                "The population was 123,456,789 then and 987654321 later. ISBN 978-3-16-148410-0 and 0-306-40615-2.",
                "a[::2]; x = arr[::-1]; f::g::h(); Foo::Bar; http://localhost:8080/x?y=1; version 1.2.3.4",
                "Pages 100-200 on 05/06/2024, 1,000,000 users, ratio 16:9, at 12:30:45, 2^32 = 4294967296",
                "Order 1234567890123 has 9 items, ticket 123456789, tracking 1Z999AA10123456784",
                "Between 1939 1945 and 2020-2021 it cost $123456789",
                "{\"messages\":[{\"text\":\"01234567\"}],\"created\":1795225557,\"cost\":0.003015}",
                "Reach us @handle or at user@localhost, or not",
                "The GPL license 2.0 of driver 470.82.01",
                "MIT License, Copyright (c) 2014-2017",
                "origin git@github.com:acme/shop.git (fetch), ssh://git@example.org/acme",
            })
    void leavesOrdinaryNumbersAlone(String text) {
        assertThat(shown(DETECTORS, text)).isEmpty();
    }

    /** What follows a name is a key whatever signs it has, and all of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "aws_secret_access_key = [aB3dE5gH7jKl/M7NOPqR/sTuVwXyZaBcDeFgHiJk]",
                "aws_secret_access_key=[aB3dE5gH7jKl/M7NOPqR+sTuVwXyZaBcDeFgHiJ=]",
                "AWS_SECRET_ACCESS_KEY: \"[je7MtGbClwBF/2Zp9Utk/h3yCo8nvbQwErTyUiO]\"",
                "AWS_SECRET_ACCESS_KEY      = [je7MtGbClwBF/2Zp9Utk/h3yCo8nvbQwErTyUiO]",
                "secretAccessKey: '[aB3/dE5+gH7=jK9lMnOpQrStUvWxYz0123456789]',",
                "{\"secret\": \"[+aB3/dE5+gH7jK9lMnOpQrStUvWxYz0123456789]\"}",
                "{\"name\":\"API_KEY\",\"value\":\"[Zm9vYmFyYmF6L3F1eC8xMjM0NTY3ODkwYWJjZGVm]\"}",
                "export TOKEN=[/8fJx2kQ+4mZp0sTtRq9vB==]",
                "AccountName=x;AccountKey=[Eby8vdM02xNOcqFlqUwJPLlmEtl/CDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq==];Suffix=y",
                "client_secret=[abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789ab]&grant_type=x",
                "Authorization: Basic [dXNlcjpwYXNzd29yZDEyMzQ1Njc4OTA=]",
                "Authorization: Bearer [aB3/dE5+gH7=jK9lMnOpQrStUvWxYz0123456789]",
                "my secret is [wJx7rXUtnFEMI/K7MDENG/bPxRfiCYqWeRtYuIoP].",
                "Mein Passwort lautet [Tr0ub4dor!3x]",
                "db_password=[S3cr3t!Pass/word+1]",
                "API_KEY_2=[9f8e7d6c5b4a39281706f5e4d3c2b1a0]",
            })
    void aKeyIsFoundByTheNameBeforeIt(String marked) {
        findsEachType("API_KEY", marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key: src/main/java/org/example/shop2/Orders3.java",
                "secret = /etc/ssl/private/server1.key",
                "the key is https://example.com/path/to/file2/with3/digits4",
                "token = tokens.getTokenFromHeader2(request)",
                "foreign_key = self._lib.nid_aes_256_cbc",
                "keys: KMS_KEY_2, KMS_KEY_3_ROTATED_2024, KMS_KEY_4",
                "\"id\": \"rotate-credentials-for-an-account-1628633365663\"",
                "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                "isinstance(key, (Ed25519PrivateKey, Ed448PrivateKey))",
                "password: getpass.getpass()",
                "password = os.environ['DB_PASSWORD']",
            })
    void aNameOrPathBehindSuchANameIsNone(String text) {
        assertThat(DETECTORS.find(text)).extracting(Finding::type).doesNotContain("API_KEY");
    }

    @Test
    void theNameOfAFieldMarksItsValueAsAKey() {
        String key = "/B3dE5gH7jKl/M7NOPqR+sTuVwXyZaBcDeFgHiJ=";
        assertThat(DETECTORS.find(key, "awsSecretAccessKey", Set.of()))
                .containsExactly(new Finding(0, key.length(), "API_KEY", 0.2f + 0.46f * 0.8f));
        assertThat(DETECTORS.find(key, "path", Set.of())).isEmpty();
    }

    /** How people give a number away; not one of these is grouped, or has a country. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "my number is [07700900123]",
                "you can text me at [4155552671] tonight",
                "reach me on [07700900123]",
                "Ruf mich an: [01712345678]",
                "Du erreichst mich unter [01712345678]",
                "Meine Nummer ist [015112345678]",
                "Melde dich bitte bei mir, [0301234567]",
                "Appelle-moi au [0612345678] demain",
                "Tu peux me joindre au [0612345678]",
                "Mon numéro est le [0612345678]",
                "Llámame al [699 956 915]",
                "Llámame al [699956915] mañana",
                "Mi número es [612345678]",
                "Chiamami al [3331234567]",
                "Me liga no [11987654321]",
                "Bel me op [0612345678]",
                "Ring mig på [0701234567]",
                "Zadzwoń do mnie [512 345 678]",
                "Beni ara [05321234567]",
                "Позвони мне [89161234567]",
                "我的号码是[13812345678]",
                "私の番号は[09012345678]です",
                "내 번호는 [01012345678]",
            })
    void aPhoneNumberIsFoundByHowPeopleGiveIt(String marked) {
        findsEachType("PHONE_NUMBER", marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "my order number is 4155552671",
                "ticket number 07700900123",
                "Bestellnummer 01712345678",
                "the largest number is 2147483647",
                "give me the number 2147483647 in hexadecimal",
                "the population is 699 956 915",
                "numbers = \"0123456789\"",
            })
    void aNumberOfSomethingElseIsNoPhoneNumber(String text) {
        assertThat(DETECTORS.find(text)).extracting(Finding::type).doesNotContain("PHONE_NUMBER");
    }

    @Test
    void atOnePlaceATypeThatYieldsComesLast() {
        String text = "call me on 16 046 411 671";
        Finding company = DETECTORS.find(text).get(0);
        assertThat(company.type()).isEqualTo("AU_ABN");
        Finding phone = DETECTORS.find(text, null, Set.of("AU_ABN")).get(0);
        assertThat(phone.type()).isEqualTo("PHONE_NUMBER");
        assertThat(phone.score()).isLessThan(company.score());
        assertThat(DETECTORS.find(text, null, Set.of("AU_ABN", "PHONE_NUMBER")))
                .as("among themselves the surer wins")
                .containsExactly(company);
    }

    @Test
    void aWordBesideItTells() {
        assertThat(shown(DETECTORS, "It came to 021000021 in the end.")).isEmpty();
        assertThat(shown(DETECTORS, "The routing number is 021000021."))
                .containsExactly("ABA_ROUTING_NUMBER 021000021");
        assertThat(shown(DETECTORS, "She signed on 12/05/1984.")).isEmpty();
        assertThat(shown(DETECTORS, "She was born on 12/05/1984.")).containsExactly("DATE_OF_BIRTH 12/05/1984");
    }

    @Test
    void aFieldsNameTells() {
        assertThat(DETECTORS.find("021000021")).extracting(Finding::type).containsExactly("ABA_ROUTING_NUMBER");
        assertThat(DETECTORS.find("021000021", "order_id", Set.of())).isEmpty();
        assertThat(DETECTORS.find("219099998", "customerSsn", Set.of()))
                .extracting(Finding::type)
                .containsExactly("US_SSN");
    }

    @Test
    void findingsAreInOrderAndApart() {
        String text = "https://u:p@x.example.com, jane@example.com, 203.0.113.7, 4111 1111 1111 1111, +1 212 555 0187";
        List<Finding> found = DETECTORS.find(text);
        assertThat(found)
                .extracting(Finding::type)
                .containsExactly("URL_CREDENTIALS", "EMAIL_ADDRESS", "IP_ADDRESS", "CREDIT_CARD", "PHONE_NUMBER");
        for (int i = 1; i < found.size(); i++) {
            assertThat(found.get(i).start())
                    .isGreaterThanOrEqualTo(found.get(i - 1).end());
        }
    }

    @Test
    void settingsCount() {
        DetectorSettings settings = new DetectorSettings(
                Set.of("EMAIL_ADDRESS"),
                Map.of("US_SSN", 0.9, "STAFF_ID", 0.6),
                List.of("DE"),
                List.of(new OwnPattern("STAFF_ID", Pattern.compile("\\bE-\\d{5}\\b"), 0.4, List.of("Staff"))),
                List.of(
                        new WordList("PERSON", List.of("José Ñandú", "Ann", "Ann Lee"), true, true),
                        new WordList("PROJECT", List.of("Ünal"), false, false)));
        Detectors detectors = Detectors.of(settings);
        assertThat(shown(detectors, "a@b.example, 219-09-9998, E-12345")).isEmpty();
        assertThat(shown(detectors, "staff member E-12345")).containsExactly("STAFF_ID E-12345");
        assertThat(shown(detectors, "it is 219-09-9998, by what the agency has written"))
                .isEmpty();
        assertThat(shown(detectors, "jose  nandu, JOSE NANDU and ann lee, Annette; Ünal, ünal"))
                .containsExactly("PERSON JOSE NANDU", "PERSON ann lee", "PROJECT Ünal");
        assertThat(detectors.types())
                .contains("STAFF_ID", "PERSON", "IBAN_CODE")
                .doesNotContain("EMAIL_ADDRESS");
    }

    @Test
    void typographicSpacesAndHyphensAreRead() {
        assertThat(shown(DETECTORS, "4111\u00a01111\u00a01111\u00a01111"))
                .containsExactly("CREDIT_CARD 4111\u00a01111\u00a01111\u00a01111");
        assertThat(shown(DETECTORS, "SSN 219\u201109\u20119998")).containsExactly("US_SSN 219\u201109\u20119998");
    }

    @Test
    void callingCodesAreThoseOfLibphonenumber() {
        Set<Integer> codes = PhoneNumberUtil.getInstance().getSupportedCallingCodes();
        for (int code = 1; code < 1000; code++) {
            int prefix = code > 99 ? code / 10 : code;
            boolean known = codes.contains(code)
                    || codes.contains(prefix)
                    || codes.contains(prefix / 10)
                    || codes.contains(code / 10);
            assertThat(PhoneLibrary.isCountry(String.valueOf(code), 0))
                    .as("+%d", code)
                    .isEqualTo(known);
        }
    }

    @Test
    void groupsOfWordsFitIntoALong() {
        assertThat(Words.values()).hasSizeLessThan(Long.SIZE);
    }
}
