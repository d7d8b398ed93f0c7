package io.github.camelllm.call.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RequestTextsTest {

    private static ObjectNode json(String text) throws IOException {
        return (ObjectNode) Json.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /** Every text that is seen, by its path, with its kind. */
    private static Map<String, String> seen(ObjectNode tree) {
        Map<String, String> seen = new TreeMap<>();
        assertThat(RequestTexts.rewrite(tree, (place, text) -> {
                    seen.merge(place.path(), place.kind() + " " + text, (a, b) -> a + " | " + b);
                    return text;
                }))
                .isFalse();
        return seen;
    }

    @Test
    void seesEveryTextOfTheMessages() throws IOException {
        assertThat(
                        seen(
                                json(
                                        """
                        {'model':'m','messages':[
                          {'role':'system','content':'s'},
                          {'role':'user','name':'ann','content':[{'type':'text','text':'u'},
                            {'type':'image_url','image_url':{'url':'data:image/png;base64,aaaa'}},
                            {'type':'file','file':{'filename':'f.pdf','file_data':'bbbb','file_id':'x'}},
                            {'type':'text','text':'d','document':true,'title':'t'}]},
                          {'role':'assistant','content':null,'refusal':'r','reasoning_content':'h',
                            'thinking_blocks':[{'type':'thinking','thinking':'no','signature':'no'}],
                            'tool_calls':[{'id':'c','type':'function','function':{'name':'n','arguments':'{\\'to\\': \\'x\\', \\'k\\': 7}'}}]},
                          {'role':'tool','tool_call_id':'c','name':'n','content':'plain'}]}
                        """)))
                .containsExactly(
                        Map.entry("messages[0].content", "SYSTEM s"),
                        Map.entry("messages[1].content[0].text", "USER u"),
                        Map.entry("messages[1].content[2].file.filename", "NAME f.pdf"),
                        Map.entry("messages[1].content[3].text", "DOCUMENT d"),
                        Map.entry("messages[1].content[3].title", "DOCUMENT t"),
                        Map.entry("messages[1].name", "NAME ann"),
                        Map.entry("messages[2].reasoning_content", "ASSISTANT h"),
                        Map.entry("messages[2].refusal", "ASSISTANT r"),
                        Map.entry(
                                "messages[2].tool_calls[0].function.arguments",
                                "TOOL_ARGUMENTS to | TOOL_ARGUMENTS x | TOOL_ARGUMENTS k | TOOL_ARGUMENTS 7"),
                        Map.entry("messages[3].content", "TOOL_RESULT plain"));
    }

    @Test
    void seesTheTextsBesideTheMessages() throws IOException {
        assertThat(
                        seen(
                                json(
                                        """
                        {'model':'m','temperature':0,'user':'e','prompt_cache_key':'c','metadata':{'id':'i'},'stop':['x'],'input':['a',['no',1]],
                         'documents':[{'text':'o','data':'no'}],'prediction':{'type':'content','content':'p'},
                         'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object',
                            'properties':{'name':{'type':'string','description':'n','enum':['v']},'type':{'type':'string','title':'t'}},
                            'required':['name']}}},
                            {'type':'mcp','headers':{'Authorization':'Bearer secret'}}],
                         'response_format':{'type':'json_schema','json_schema':{'name':'no','description':'r'}}}
                        """)))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("user", "IDENTIFIER e"),
                        Map.entry("prompt_cache_key", "IDENTIFIER c"),
                        Map.entry("metadata.id", "IDENTIFIER i"),
                        Map.entry("input[0]", "INPUT a"),
                        Map.entry("input[1][0]", "INPUT no"),
                        Map.entry("documents[0].text", "OTHER o"),
                        Map.entry("prediction.content", "ASSISTANT p"),
                        Map.entry("tools[0].function.description", "DEFINITION d"),
                        Map.entry("tools[0].function.parameters.properties.name.description", "DEFINITION n"),
                        Map.entry("tools[0].function.parameters.properties.name.enum[0]", "DEFINITION v"),
                        Map.entry("tools[0].function.parameters.properties.type.title", "DEFINITION t"),
                        Map.entry("response_format.json_schema.description", "DEFINITION r")));
    }

    @Test
    void changesTextsInTheirPlaces() throws IOException {
        ObjectNode tree = json(
                """
                {'messages':[{'role':'user','content':[{'type':'text','text':'me'}]},
                  {'role':'assistant','tool_calls':[{'id':'me','function':{'name':'me','arguments':'{ \\'me\\' : [\\'me\\', 12 ] }'}}]},
                  {'role':'tool','content':'[me'}],'user':'me','input':['me']}
                """);
        assertThat(RequestTexts.rewrite(
                        tree,
                        (place, text) ->
                                text.equals("12") ? "<N>" : text.contains("me") ? text.replace("me", "\"you\"") : text))
                .isTrue();
        assertThat(tree)
                .isEqualTo(
                        json(
                                """
                {'messages':[{'role':'user','content':[{'type':'text','text':'\\'you\\''}]},
                  {'role':'assistant','tool_calls':[{'id':'me','function':{'name':'me',
                    'arguments':'{ \\'\\\\\\'you\\\\\\'\\' : [\\'\\\\\\'you\\\\\\'\\', \\'<N>\\' ] }'}}]},
                  {'role':'tool','content':'[\\'you\\''}],'user':'\\'you\\'','input':['\\'you\\'']}
                """));
        assertThat(Json.read(tree.at("/messages/1/tool_calls/0/function/arguments")
                        .textValue()
                        .getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(json("{'x':{'\\'you\\'':['\\'you\\'','<N>']}}").path("x"));
    }
}
