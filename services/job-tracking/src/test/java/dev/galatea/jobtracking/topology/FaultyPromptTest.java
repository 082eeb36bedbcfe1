package dev.galatea.jobtracking.topology;

import java.util.List;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Prompts of a job that can be told, with a field that can't be read: their senders wait for its end. */
class FaultyPromptTest extends HarnessTest {

    private static final String OBJECT = "`reference`: {`role`: `video`, `object`: {`bucket`: `b`, `key`: `k`, "
            + "`mediaType`: `m`, `bytes`: 1, `sha256`: `%s`}}";

    private JobId job = JobId.random();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "`seconds`: `2d`|seconds|'2d' is not valid; valid is a number",
                "`guidance`: `0x1p3`|guidance|'0x1p3' is not valid; valid is a number",
                "`seed`: 9223372036854775808|seed|'9223372036854775808' is not valid; valid is a whole number of 64"
                        + " bits",
                "`seed`: 1e400|seed|'1E+400' is not valid; valid is a whole number of 64 bits",
                "`frames`: 4.8e1|frames|is a whole number that is written with a fraction or an exponent; valid is a whole"
                        + " number of 32 bits",
                "`width`: 64.5|width|'64.5' is not valid; valid is a whole number of 32 bits",
                "`frames`: 99999999999|frames|'99999999999' is not valid; valid is a whole number of 32 bits",
                "`steps`: []|steps|is a list; valid is a whole number of 32 bits",
                "`truncate`: `maybe`|truncate|'maybe' is not valid; valid is true or false",
                "`prompt`: {}|prompt|is an object; valid is a text",
                "`prompt`: null|prompt|is missing; valid is a text",
                "`negativePrompt`: [`x`]|negativePrompt|is a list; valid is a text",
                "`model`: {}|model|is an object; valid is a text",
                "`remixOf`: `x`|remixOf|'x' is not a UUID; valid is for instance",
                "`remixOf`: {}|remixOf|is an object; valid is a UUID",
                "`seed`: 1, `seed`: 2|seed|is given more than once; valid is once",
                "`prompt`: `p`, `prompt`: `p`|prompt|is given more than once; valid is once",
                "`jobId`: `ID`|jobId|is given more than once; valid is once",
                "`x-mine`: {`a`: [{}, {`b`: 1, `b`: 1}]}|x-mine.a[1].b|is given more than once; valid is once",
                "`reference`: {`role`: `video`, `role`: `video`}|reference.role|is given more than once; valid is once",
                "`reference`: {`object`: {`key`: `k`, `bytes`: 1, `key`: `k`}}|reference.object.key|is given more than"
                        + " once",
                "`requestDigest`: `ABC`|requestDigest|'ABC' is not 64 lower-case hexadecimal digits",
                "`reference`: `https://a/token`|reference|is a text; valid is an object",
                "`reference`: {}|reference.role|is missing; valid is one of first_frame, last_frame, video, extension",
                "`reference`: {`role`: `x`}|reference.role|'x' is not valid; valid is one of first_frame, last_frame,"
                        + " video, extension",
                "`reference`: {`role`: 1}|reference.role|'1' is not valid; valid is one of first_frame",
                "`reference`: {`role`: `video`}|reference|needs object or url; valid is one of the two",
                "`reference`: {`role`: `video`, `url`: []}|reference.url|is a list; valid is a text",
                "`reference`: {`role`: `video`, `url`: `https://a`, `fit`: `x`}|reference.fit|'x' is not valid; valid"
                        + " is one of crop, pad",
                "`reference`: {`role`: `video`, `url`: `https://a`, `strength`: `x`}|reference.strength|'x' is not"
                        + " valid; valid is a number",
                "`reference`: {`role`: `video`, `url`: `https://a`, `background`: `red`}|reference.background|'red' is"
                        + " not a colour; valid is for instance #ffffff",
                "`reference`: {`role`: `video`, `object`: `k`}|reference.object|is a text; valid is an object",
                "`reference`: {`role`: `video`, `object`: {}}|reference.object.bytes|is missing; valid is a whole number"
            })
    void shouldRefuseThem_byTheFieldThatCantBeRead(String fields, String field, String problem) {
        submit(fields.contains("`prompt`") ? fields : "`prompt`: `p`, " + fields);

        assertRefused(field, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "`key`: `k`|`key`: `../x`|reference.object.key|'../x' must be relative, without '..' or backslashes",
                "`key`: `k`|`key`: `jobs/../x`|reference.object.key|'jobs/../x' must be relative",
                "`key`: `k`|`key`: ` `|reference.object.key|' ' must have 1 to 1024 characters, has 0",
                "`bytes`: 1|`bytes`: 0|reference.object.bytes|must be positive, was 0",
                "`bytes`: 1|`bytes`: `x`|reference.object.bytes|'x' is not valid; valid is a whole number of 64 bits",
                "`sha256`: `|`sha256`: `X|reference.object.sha256|'X"
            })
    void shouldRefuseThem_byTheMemberOfAnObject(String before, String after, String field, String problem) {
        String good = OBJECT.formatted("ab".repeat(32));

        submit("`prompt`: `p`, " + good.replace(before, after));

        assertRefused(field, problem);
    }

    @Test
    void shouldRefuseThem_forWhatIsBeyondTheLimitsOfJson() {
        for (String value :
                List.of("9".repeat(1001), "[".repeat(1001) + "]".repeat(1001), "{`" + "n".repeat(60_000) + "`: 1}")) {
            for (String name : List.of("seed", "x-mine")) {
                job = JobId.random();
                submit("`prompt`: `a red ball`, `" + name + "`: " + value);

                assertRefused(
                        "the payload", "has a number, a name or levels beyond what is read; valid are up to 1000");
                assertThat(harness.jobs().get(job.toString()).prompt()).isEqualTo("a red ball");
            }
        }
    }

    @Test
    void shouldRefuseThem_forANumberThatNobodyCanHold_whateverElseIsWrong() {
        for (String fields :
                List.of("`seed`: 1e99999999999", "`width`: 1e-99999999999", "`seed`: `x`, `x-a`: 1e99999999999")) {
            job = JobId.random();
            submit("`prompt`: `a red ball`, " + fields);

            assertRefused("the payload", "has a number, a name or levels beyond what is read");
        }
    }

    /** Jackson takes a slash in two bytes and characters beyond Unicode; others don't. */
    @ParameterizedTest
    @ValueSource(
            strings = {"\u00c0\u00af", "\u00e0\u0080\u00af", "\u00f4\u0090\u0080\u0080", "\u00e9", "\u00ed\u00a0\u0080"
            })
    void shouldRefuseThem_forBytesThatAreNoUtf8(String bytes) {
        send(("{`jobId`: `" + job + "`, `prompt`: `a " + bytes + "`}").getBytes(ISO_8859_1));

        assertRefused("the payload", "is not UTF-8; valid is JSON in UTF-8");
    }

    @Test
    void shouldShowWhatCanBeRead() {
        submit("`prompt`: `a red ball`, `model`: `boulder`, `seed`: `x`");

        JobState state = harness.jobs().get(job.toString());
        assertThat(state.prompt()).isEqualTo("a red ball");
        assertThat(state.model()).isEqualTo("boulder");
    }

    @Test
    void shouldLetTheFirstSubmissionCount() {
        submit("`prompt`: `p`");
        submit("`prompt`: `p`, `seed`: `x`");

        assertThat(harness.drain(EventType.VIDEO_FINISHED.topic())).isEmpty();
        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
        assertThat(harness.jobs().get(job.toString()).status()).isEqualTo(JobStatus.QUEUED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{`jobId`: `ID`, `prompt`: `p`, `seed`: `x`} {}",
                "{`jobId`: `ID`, `prompt`: `p`, `seed`: x}",
                "{`jobId`: `ID`, `jobId`: `0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01`, `prompt`: `p`}",
                "{`prompt`: `p`, `seed`: `x`}",
                "{`jobId`: `0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01`, `prompt`: `p`, `seed`: `x`}",
                "[`ID`]"
            })
    void shouldLeaveToTheDeadLetters_whatIsNobodys(String payload) {
        send(payload.replace("ID", job.toString()));

        assertThat(harness.drain(EventType.VIDEO_FINISHED.topic())).isEmpty();
        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).hasSize(1);
    }

    private void assertRefused(String field, String problem) {
        List<VideoFinished> finished = harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
        assertThat(finished).hasSize(1);
        assertThat(finished.get(0).status()).isEqualTo(JobStatus.REFUSED);
        assertThat(finished.get(0).failure().code()).isEqualTo("invalid_field");
        assertThat(finished.get(0).failure().field()).isEqualTo(field);
        assertThat(finished.get(0).failure().message()).startsWith(field + ": " + problem);
        assertThat(harness.drain(EventType.JOB_ACCEPTED.topic())).isEmpty();
        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
    }

    /** @param fields with backquotes for quotes */
    private void submit(String fields) {
        send("{`jobId`: `" + job + "`, " + fields.replace("ID", job.toString()) + "}");
    }

    private void send(String payload) {
        send(payload.getBytes(UTF_8));
    }

    private void send(byte[] payload) {
        CloudEvent event = new CloudEvent(UUID.randomUUID(), "/test", NOON, PromptSubmitted.of(job, "p"));
        RecordHeaders headers = new RecordHeaders();
        event.headers().forEach(headers::add);
        harness.send(event.type(), event.key(), withQuotes(payload), headers, NOON);
    }

    private static byte[] withQuotes(byte[] payload) {
        return new String(payload, ISO_8859_1).replace('`', '"').getBytes(ISO_8859_1);
    }
}
