package io.github.camelllm.privacy.detect;

/**
 * Words that, near a number, tell what it is. Small letters without accents; a word of a script without spaces is found inside
 * others as well. At most 64 groups: each is one bit.
 */
enum Words {
    PHONE(
            "phone phones telephone tel mobile mobil cell cellphone fax call calls called calling dial sms whatsapp contact"
                    + " ring desk office answering voicemail hotline landline registered reach reachable callback dialled dialed"
                    + " handy telefon telefonnummer handynummer rufnummer durchwahl festnetz anrufen anruf anrufe anrufst ruf rufe"
                    + " rufen ruft zuruckrufen ruckruf erreichst erreichen erreicht erreichbar telefonisch melde melden meldet"
                    + " telefono movil llamar llama llame llamas llamame llamarme llamadme llamenme llamanos llamenos llamenlo"
                    + " contactame contactarme contactar marcame celular tfno tlf tlfno tlfn"
                    + " telefone ligar liga ligue ligame telefona contacte contate zap"
                    + " portable fixe appeler appelle appelles appelez appelons rappeler rappelle rappelles rappelez joindre"
                    + " joignable telephoner contacter"
                    + " chiamare chiama chiami chiamami chiamarmi chiamateci chiamaci chiamatemi richiamami richiamare contattami"
                    + " contattarmi telefonami telefonare cellulare"
                    + " telefoon telefoonnummer bellen bel belt bereikbaar bereiken mobiele"
                    + " ringa ringer telefonnumret mobilnummer mobilnumret mobilen puhelin puhelinnumero soita soittaa"
                    + " ara cep numaram telefonu telefonum arayin arayabilirsin arayabilirsiniz"
                    + " zadzwon zadzwonic dzwon dzwoni dzwonic komorka komorkowy zavolej zavolejte volejte"
                    + " позвони позвоните звони звоните телефон телефона телефону мобильный сотовый зателефонуй подзвони"
                    + " τηλεφωνο τηλέφωνο τηλεφωνο κινητό τηλεφώνησε τηλεφώνησέ πάρε هاتف هاتفي جوال اتصل טלפון נייד फोन मोबाइल"
                    + " 电话 手机 联系 致电 拨打 打给 電話 携帯 전화 휴대폰 โทร โทรศัพท์"),
    /** What a phone number is called, among other numbers: see {@link Judge}. */
    NUMBER(
            "number numbers no signal viber telegram nummer numret numero numer nr номер numara numarasi nomor 号码 番号 번호 नंबर رقم מספר"),
    /** Whose it is. */
    MINE(
            "my our his her their mine mein meine meiner meinen dein deine ihre seine unsere mon ma notre votre ton son leur mi"
                    + " tu su nuestro nuestra mio mia suo tuo meu minha seu nosso mijn onze min mitt vart moj moja benim mera"
                    + " meri мой мои наш 我的 私の 내"),
    /** Verbs that, with a pronoun behind them, mean a phone. */
    REACH("text texts message msg ping dm schreib schreibe schreiben ecris ecrivez envoie envoyez stuur"),
    CARD("card cards credit debit cc visa mastercard amex discover maestro diners jcb pan creditcard cardnumber"
            + " kreditkarte kreditkartennummer karte carte tarjeta cartao carta kart kortti kort kaart karta 信用卡 卡号"
            + " クレジットカード 카드"),
    IBAN("iban bank account konto kontonummer compte cuenta conto rekening transfer wire"),
    IP(
            "ip ipv4 ipv6 address addresses server host subnet route gateway client dns ping listen bind loopback unspecified"
                    + " network cidr firewall"),
    SSN("ssn ssns social security socialsecurity"),
    TAX("tax taxpayer itin tin tax_id taxid taxes irs"),
    PASSPORT("passport passports passportnumber travel"),
    PASAPORTE("pasaporte"),
    REISEPASS("reisepass pass passnummer"),
    PASSAPORTO("passaporto"),
    YEOGWON("여권"),
    DRIVER("driver drivers driving license licence licences dl permit permis conduire conducir"),
    FUHRERSCHEIN("fuhrerschein fuhrerscheinnummer fahrerlaubnis"),
    PATENTE("patente guida"),
    UNJEON("운전면허"),
    ROUTING("routing aba rtn transit bank wire"),
    ACCOUNT("account acct accounts checking savings bank deposit kontonummer"),
    HEALTH("dea prescriber medical certificate npi provider mbi medicare beneficiary"),
    NHS("nhs nino ni insurance"),
    POSTCODE("postcode postcodes postal address zip live lives"),
    PLATE("plate plates vehicle registration registered car reg numberplate kennzeichen nummernschild matricula targa"
            + " plaka arac plakasi vrn vehicles"),
    NIF("nif dni documento identidad nie extranjero"),
    CODICE("codice fiscale cf fiscal"),
    PIVA("partita iva piva vat"),
    ID_CARD("identity id identita personalausweis ausweis ausweisnummer ausweises dokument carta kimlik idcard"),
    PESEL("pesel"),
    AADHAAR("aadhaar aadhar uidai uid"),
    PAN("pan permanent income"),
    GSTIN("gstin gst"),
    VOTER("voter vote epic elector electoral"),
    AUSTRALIA("abn acn tfn australian business company"),
    SIN("sin nas insurance assurance sociale canadian"),
    SINGAPORE("nric fin uen singapore"),
    CN_ID("身份证 身份证号 公民身份 身份號碼 身分證 shenfenzheng resident"),
    BRAZIL("cpf cnpj contribuinte empresa"),
    STEUER(
            "steuer steuernummer steueridentifikationsnummer steuerid idnr identifikationsnummer steuernr tin finanzamt idnummer"),
    UST("ust umsatzsteuer ustid ustidnr umsatzsteueridentifikationsnummer vat mwst"),
    SOZIAL(
            "rentenversicherung rentenversicherungsnummer sozialversicherung sozialversicherungsnummer versicherungsnummer"
                    + " svnr rvnr sv"),
    KRANKEN(
            "krankenversicherung krankenversichertennummer krankenkasse kvnr versichertennummer gesundheitskarte egk gkv"),
    LANR("lanr arztnummer arzt"),
    BSNR("bsnr betriebsstattennummer betriebsstatte betriebsstatten praxis"),
    NIR("nir securite insee secu"),
    HETU("hetu henkilotunnus finnish personbeteckning"),
    PERSONNUMMER("personnummer pnr swedish samordningsnummer"),
    ORGNUMMER("organisationsnummer orgnummer orgnr foretag"),
    RRN("rrn 주민등록번호 주민번호 주민등록 korean"),
    FRN("frn foreign 외국인등록번호 외국인등록"),
    BRN("brn 사업자등록번호 사업자번호"),
    THAI("thai tnin บัตรประชาชน เลขประจำตัวประชาชน ประชาชน"),
    TCKN("tckn tc kimlik turkish turk vatandaslik"),
    PH_TIN("tin bir"),
    ZA("rsa sa south resident"),
    NIN("nin nimc nigerian"),
    AHV("ahv avs ahvnummer oasi"),
    CRYPTO("wallet bitcoin btc ethereum eth crypto litecoin tron dogecoin"),
    BIRTH("birth born dob birthday birthdate birthdays dateofbirth geboren geburtsdatum geburtstag geb naissance nee ne"
            + " nacimiento nacido nacida nascita nato nata nascimento nascido nascida geboortedatum syntynyt"
            + " syntymaaika fodd fodelsedatum urodzony urodzona urodzenia dogum 生日 出生 生年月日 생년월일 เกิด"),
    KEY(
            "key keys apikey token tokens secret secrets credential credentials bearer basic password passwords passwd pwd pass"
                    + " passphrase accesskey secretkey accountkey sharedaccesskey privatekey signingkey encryptionkey masterkey"
                    + " clientsecret authtoken accesstoken refreshtoken apitoken apisecret"
                    + " passwort kennwort schlussel geheimnis contrasena clave senha chave passe cle wachtwoord sleutel haslo klucz"
                    + " losenord parola chiave sifre пароль ключ токен 密码 密钥 パスワード 비밀번호"),

    MONTH(
            "january february march april may june july august september october november december jan feb mar apr jun jul aug"
                    + " sep sept oct nov dec januar februar marz mai juni juli oktober dezember enero febrero marzo abril mayo"
                    + " junio julio agosto septiembre octubre noviembre diciembre janvier fevrier mars avril juin juillet aout"
                    + " septembre octobre novembre decembre gennaio febbraio aprile maggio giugno luglio settembre ottobre"
                    + " dicembre janeiro fevereiro marco maio junho julho setembro outubro dezembro"),

    /** Words that say nothing: a text of these and a number is the number alone. */
    FILLER("and or und oder et ou y e ja och og en is it s"),

    /** What makes a number one of something else. */
    OTHER(
            "order orders invoice ticket tracking isbn issn version build revision sku serial part model case reference ref"
                    + " port page line chapter section article error code commit patent population bestellung rechnung"
                    + " bestellnummer facture commande pedido factura ordine total amount sum price approximately about");

    private final String[] words;

    Words(String words) {
        this.words = words.split(" ");
    }

    String[] all() {
        return words.clone();
    }

    long bit() {
        return 1L << ordinal();
    }
}
