package dev.galatea.model.event;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.event.MalformedEventException.Reason;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests that no event has a field twice: which of them counts would be each reader's own opinion. */
class RepeatedFieldTest {

    private static final String JOB = "'jobId': '0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01'";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "PromptSubmitted|'prompt': 'p', 'prompt': 'q'|prompt",
                "PromptSubmitted|'prompt': 'p', 'seed': 1, 'model': 'm', 'seed': 1|seed",
                "PromptSubmitted|'prompt': 'p', 'x-a': {'b': 1, 'b': 2}|x-a.b",
                "JobCommand|'action': 'cancel', 'action': 'delete'|action",
                "JobCommand|'action': 'cancel', 'jobId': '0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01'|jobId",
                "Progress|'detail': {'kind': 'step', 'step': 1, 'of': 2, 'step': 2}|detail.step",
                "Progress|'detail': {'step': 1, 'of': 2, 'kind': 'step', 'kind': 'step'}|detail.kind",
                "Progress|'attempt': 1, 'unknown': [{}, {'a': {}, 'a': {}}]|unknown[1].a",
                "JobAccepted|'spec': {'seed': 1, 'seed': 2}|spec.seed",
                "VideoFinished|'clip': {'mp4': {'key': 'a', 'key': 'b'}}|clip.mp4.key",
                "JobState|'failure': {'code': 'a', 'code': 'b'}|failure.code"
            })
    void shouldRefuseAFieldThatIsGivenTwice_byItsName(String record, String fields, String field) throws Exception {
        Class<? extends Event> type =
                Class.forName(Event.class.getPackageName() + "." + record).asSubclass(Event.class);
        byte[] payload = ("{" + JOB + ", " + fields + "}").replace('\'', '"').getBytes(UTF_8);

        assertThatThrownBy(() -> EventCodec.read(type, payload))
                .isInstanceOfSatisfying(MalformedEventException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.MALFORMED_PAYLOAD))
                .hasMessage(field + ": is given more than once; valid is once");
    }

    @Test
    void shouldShowOnlyTheBeginningOfALongName_onOneLine() {
        String name = "\\n" + "n".repeat(500);
        String payload = "{\"" + name + "\": 1, \"" + name + "\": 2}";

        assertThatThrownBy(() -> EventCodec.read(JobCommand.class, payload.getBytes(UTF_8)))
                .hasMessage("\\u000a" + "n".repeat(63) + "…: is given more than once; valid is once");
    }
}
