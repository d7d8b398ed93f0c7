package io.github.camelllm.privacy.detect;

/** The built-in types, in the order in which one wins over another that is as sure at the same place. */
enum PiiType {
    PRIVATE_KEY,
    JWT,
    API_KEY(Words.KEY),
    URL_CREDENTIALS,
    EMAIL_ADDRESS,
    IBAN_CODE(Words.IBAN),
    CREDIT_CARD(Words.CARD),
    CRYPTO(Words.CRYPTO),
    IP_ADDRESS(Words.IP),
    MAC_ADDRESS,
    US_SSN(Words.SSN),
    US_ITIN(Words.TAX),
    US_PASSPORT(Words.PASSPORT),
    US_DRIVER_LICENSE(Words.DRIVER),
    ABA_ROUTING_NUMBER(Words.ROUTING),
    US_BANK_NUMBER(Words.ACCOUNT),
    US_NPI(Words.HEALTH),
    US_MBI(Words.HEALTH),
    MEDICAL_LICENSE(Words.HEALTH),
    UK_NHS(Words.NHS),
    UK_NINO(Words.NHS),
    UK_DRIVING_LICENCE(Words.DRIVER),
    UK_PASSPORT(Words.PASSPORT),
    UK_POSTCODE(Words.POSTCODE),
    UK_VEHICLE_REGISTRATION(Words.PLATE),
    CA_SIN(Words.SIN),
    BR_CPF(Words.BRAZIL),
    BR_CNPJ(Words.BRAZIL),
    ES_NIF(Words.NIF),
    ES_NIE(Words.NIF),
    ES_PASSPORT(Words.PASSPORT, Words.PASAPORTE),
    IT_FISCAL_CODE(Words.CODICE),
    IT_VAT_CODE(Words.PIVA),
    IT_DRIVER_LICENSE(Words.PATENTE, Words.DRIVER),
    IT_IDENTITY_CARD(Words.ID_CARD),
    IT_PASSPORT(Words.PASSPORT, Words.PASSAPORTO),
    FR_NIR(Words.NIR),
    PL_PESEL(Words.PESEL),
    FI_PERSONAL_IDENTITY_CODE(Words.HETU),
    SE_PERSONNUMMER(Words.PERSONNUMMER),
    SE_ORGANISATIONSNUMMER(Words.ORGNUMMER),
    CH_AHV(Words.AHV),
    DE_TAX_ID(Words.STEUER),
    DE_TAX_NUMBER(Words.STEUER),
    DE_VAT_ID(Words.UST),
    DE_SOCIAL_SECURITY(Words.SOZIAL),
    DE_HEALTH_INSURANCE(Words.KRANKEN),
    DE_PASSPORT(Words.PASSPORT, Words.REISEPASS),
    DE_ID_CARD(Words.ID_CARD),
    DE_FUEHRERSCHEIN(Words.FUHRERSCHEIN),
    DE_LANR(Words.LANR),
    DE_BSNR(Words.BSNR),
    DE_KFZ(Words.PLATE),
    IN_AADHAAR(Words.AADHAAR),
    IN_PAN(Words.PAN),
    IN_GSTIN(Words.GSTIN),
    IN_VOTER(Words.VOTER),
    IN_PASSPORT(Words.PASSPORT),
    IN_VEHICLE_REGISTRATION(Words.PLATE),
    AU_ABN(Words.AUSTRALIA),
    AU_ACN(Words.AUSTRALIA),
    AU_TFN(Words.AUSTRALIA, Words.TAX),
    AU_MEDICARE(Words.HEALTH),
    SG_NRIC_FIN(Words.SINGAPORE),
    SG_UEN(Words.SINGAPORE),
    CN_ID(Words.CN_ID),
    KR_RRN(Words.RRN),
    KR_FRN(Words.FRN),
    KR_BRN(Words.BRN),
    KR_PASSPORT(Words.PASSPORT, Words.YEOGWON),
    KR_DRIVER_LICENSE(Words.UNJEON, Words.DRIVER),
    TH_TNIN(Words.THAI),
    TR_NATIONAL_ID(Words.TCKN),
    TR_LICENSE_PLATE(Words.PLATE),
    PH_TIN(Words.PH_TIN, Words.TAX),
    ZA_ID_NUMBER(Words.ZA),
    NG_NIN(Words.NIN),
    NG_VEHICLE_REGISTRATION(Words.PLATE),
    PHONE_NUMBER(Words.PHONE),
    DATE_OF_BIRTH(Words.BIRTH);

    /** The score that a finding must reach unless the settings say otherwise. */
    static final double THRESHOLD = 0.5;

    private final long context;

    PiiType(Words... words) {
        long bits = 0;
        for (Words group : words) {
            bits |= group.bit();
        }
        this.context = bits;
    }

    /** The groups of words that make it surer, as bits. */
    long context() {
        return context;
    }
}
