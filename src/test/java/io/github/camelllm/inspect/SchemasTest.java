package io.github.camelllm.inspect;

import static io.github.camelllm.inspect.Schemas.Verdict.DOES_NOT_FIT;
import static io.github.camelllm.inspect.Schemas.Verdict.FITS;
import static io.github.camelllm.inspect.Schemas.Verdict.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SchemasTest {

    private static final Schemas SCHEMAS = new Schemas();

    private static Schemas.Verdict check(String schema, String answer) throws Exception {
        JsonNode node =
                schema == null ? null : Json.read(schema.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return SCHEMAS.check(new Form(node), answer.replace('\'', '"'), 64 << 10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'type':'object','properties':{'a':{'type':'integer'}},'required':['a'],'additionalProperties':false}|{'a':1}|FITS",
                "{'type':'object','properties':{'a':{'type':'integer'}},'required':['a'],'additionalProperties':false}|{'a':1.0}|FITS",
                "{'type':'object','properties':{'a':{'type':'integer'}},'required':['a'],'additionalProperties':false}|{'a':1.5}|DOES_NOT_FIT",
                "{'type':'object','properties':{'a':{'type':'integer'}},'required':['a'],'additionalProperties':false}|{'b':1}|DOES_NOT_FIT",
                "{'type':'object','properties':{'a':{'type':'integer'}},'required':['a'],'additionalProperties':false}|{'a':1,'b':2}|DOES_NOT_FIT",
                "{'type':'object'}|not json|DOES_NOT_FIT",
                "{'type':'object'}|{'a':1} and more|DOES_NOT_FIT",
                "{'type':'object'}|{'a':1,'a':2}|DOES_NOT_FIT",
                "{'type':'object'}||DOES_NOT_FIT",
                "{'$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/$defs/n'}},'required':['v']}},'$ref':'#/$defs/n'}|{'v':1,'next':{'v':2}}|FITS",
                "{'$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/$defs/n'}},'required':['v']}},'$ref':'#/$defs/n'}|{'v':1,'next':{}}|DOES_NOT_FIT",
                "{'enum':['a','b']}|'c'|DOES_NOT_FIT",
                "{'type':['string','null']}|null|FITS",
                "{'type':'string','pattern':'^[a-z]{2,5}@[a-z]{1,255}$'}|'ab@cd'|FITS",
                "{'type':'string','pattern':'^[a-z]{2,5}$'}|'AB'|DOES_NOT_FIT",
                "{'$schema':'http://json-schema.org/draft-07/schema#','items':[{'type':'string'}]}|[1]|DOES_NOT_FIT",
                "{'anyOf':[{'type':'string'},{'type':'array','items':{'type':'number'}}]}|[1,2]|FITS"
            })
    void judges(String schema, String answer, Schemas.Verdict expected) throws Exception {
        assertThat(check(schema, answer == null ? "" : answer)).isEqualTo(expected);
    }

    @Test
    void withoutASchemaAnyObjectWillDo() throws Exception {
        assertThat(check(null, "{}")).isEqualTo(FITS);
        assertThat(check(null, "[]")).isEqualTo(DOES_NOT_FIT);
        assertThat(check(null, "{")).isEqualTo(DOES_NOT_FIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'$schema':'https://schemas.invalid/own'}",
                "{'$schema':7}",
                "{'$ref':'http://127.0.0.1:1/schema.json'}",
                "{'$ref':'file:///etc/passwd'}",
                "{'$ref':'other.json'}",
                "{'properties':{'a':{'$dynamicRef':'http://127.0.0.1:1/x#a'}}}",
                "{'$ref':'#/$defs/none'}",
                "{'$ref':'#'}",
                "{'allOf':[{'$ref':'#'}]}",
                "{'pattern':'(a'}",
                "{'pattern':'(?=a)b'}",
                "{'pattern':'((a{1000}){1000}){1000}'}",
                "{'multipleOf':1e-99999}"
            })
    void doesNotUseASchemaThatIsUnclearOrHostile(String schema) throws Exception {
        assertThat(check(schema, "'aaa'")).isEqualTo(UNKNOWN);
        assertThat(check(schema, "{'a':1}")).isIn(UNKNOWN, FITS); // a pattern has nothing to say of an object
    }

    @Test
    void givesUpOnASchemaThatAsksForTooManySteps() throws Exception {
        StringBuilder schema = new StringBuilder("{'$ref':'#/$defs/d0','$defs':{");
        for (int i = 0; i < 40; i++) {
            schema.append("'d" + i + "':{'allOf':[{'$ref':'#/$defs/d" + (i + 1) + "'},{'$ref':'#/$defs/d" + (i + 1)
                    + "'}]},");
        }
        schema.append("'d40':{}}}");
        assertThat(check(schema.toString(), "{}")).isEqualTo(UNKNOWN);

        String nested = "{'a':".repeat(60) + "1" + "}".repeat(60);
        assertThat(check(
                        "{'$defs':{'t':{'allOf':[{'properties':{'a':{'$ref':'#/$defs/t'}}},{'properties':{'a':{'$ref':'#/$defs/t'}}}]}},'$ref':'#/$defs/t'}",
                        nested))
                .isEqualTo(UNKNOWN);
        assertThat(check("{'items':{'pattern':'(x+x+)+y'}}", "['" + "x".repeat(1_000_000) + "']"))
                .isIn(UNKNOWN, DOES_NOT_FIT);
        assertThat(check("{'multipleOf':3}", "1e999999999")).isIn(UNKNOWN, DOES_NOT_FIT);
        assertThat(check("{'type':'object'}", "{'a':".repeat(5000) + "1" + "}".repeat(5000)))
                .isEqualTo(DOES_NOT_FIT);
    }

    @Test
    void doesNotUseSchemasThatAreTooLargeOrTooDeep() throws Exception {
        assertThat(check("{'description':'" + "x".repeat(70_000) + "'}", "{}")).isEqualTo(UNKNOWN);
        assertThat(check("{'not':".repeat(80) + "{}" + "}".repeat(80), "{}")).isEqualTo(UNKNOWN);
    }
}
