package dev.galatea.model.event;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.event.MalformedEventException.Reason;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests that untrusted bytes are an event, or are refused with a reason that does not repeat the prompt. */
class EventCodecTest {

    private static final String SECRET = "a secret prompt that nobody may log";
    private static final JobId JOB = JobId.parse("0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01");
    private static final CloudEvent EVENT = new CloudEvent(
            UUID.fromString("0198c0de-7a11-7c3b-9b54-5d0a6a1f2e02"),
            "/test",
            Instant.parse("2026-03-01T12:00:00Z"),
            PromptSubmitted.of(JOB, SECRET));

    @Test
    void shouldReadWhatItWrote() throws MalformedEventException {
        assertThat(EventCodec.read(PromptSubmitted.class, EVENT.key(), EVENT.payload(), EVENT.headers()))
                .isEqualTo(EVENT.event());
    }

    @Test
    void shouldWriteBinaryModeHeaders() {
        assertThat(EVENT.headers().entrySet())
                .extracting(entry -> entry.getKey() + ": " + new String(entry.getValue(), UTF_8))
                .containsExactly(
                        "ce_specversion: 1.0",
                        "ce_id: 0198c0de-7a11-7c3b-9b54-5d0a6a1f2e02",
                        "ce_source: /test",
                        "ce_type: dev.galatea.video.prompt.submitted.v1",
                        "ce_time: 2026-03-01T12:00:00Z",
                        "ce_subject: " + JOB,
                        "content-type: application/json");
        assertThat(new String(EVENT.payload(), UTF_8))
                .isEqualTo("{\"jobId\":\"" + JOB + "\",\"prompt\":\"" + SECRET + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {CloudEvent.ID, CloudEvent.SOURCE, CloudEvent.SPECVERSION, CloudEvent.TYPE})
    void shouldNameHeader_whenItIsMissingOrEmpty(String header) {
        assertMalformed(headers -> headers.remove(header), Reason.MISSING_HEADER, header + ": header is missing");
        assertMalformed(headers -> headers.put(header, new byte[0]), Reason.MISSING_HEADER, header);
    }

    @ParameterizedTest
    @ValueSource(strings = {CloudEvent.TIME, CloudEvent.SUBJECT, CloudEvent.CONTENT_TYPE})
    void shouldRead_whenOptionalHeaderIsMissing(String header) throws MalformedEventException {
        Map<String, byte[]> headers = new HashMap<>(EVENT.headers());
        headers.remove(header);

        assertThat(EventCodec.read(PromptSubmitted.class, EVENT.key(), EVENT.payload(), headers))
                .isEqualTo(EVENT.event());
    }

    @ParameterizedTest
    @CsvSource({
        "ce_type, dev.galatea.video.prompt.submitted.v9, UNKNOWN_TYPE",
        "ce_type, dev.galatea.video.finished.v1, UNKNOWN_TYPE",
        "ce_type, com.example.order, UNKNOWN_TYPE",
        "ce_specversion, 2.0, UNKNOWN_VERSION"
    })
    void shouldSayWhatIsValid_whenVersionOrTypeIsUnknown(String header, String value, Reason reason) {
        assertMalformed(
                headers -> headers.put(header, value.getBytes(UTF_8)),
                reason,
                header + ": '" + value + "'",
                "valid is");
    }

    @Test
    void shouldRefuse_whenKeyNamesAnotherJob() {
        for (byte[] key : new byte[][] {
            null, new byte[0], "x".getBytes(UTF_8), JobId.random().toString().getBytes(UTF_8)
        }) {
            assertThatThrownBy(() -> EventCodec.read(PromptSubmitted.class, key, EVENT.payload(), EVENT.headers()))
                    .isInstanceOfSatisfying(MalformedEventException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.KEY_MISMATCH))
                    .hasMessageContaining("jobId is " + JOB);
        }
    }

    @Test
    void shouldRefuseBeforeParsing_whenPayloadHasTenMegabytes() {
        assertThatThrownBy(() -> EventCodec.read(PromptSubmitted.class, new byte[10 << 20]))
                .isInstanceOfSatisfying(MalformedEventException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.TOO_LARGE))
                .hasMessage("the payload has 10485760 bytes; valid are up to 1048576");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "42",
                "\"text\"",
                "{",
                "<xml/>",
                "\u0000",
                "{\"jobId\":\"0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01\",\"prompt\":\"a secret prompt that nobody may log\"} {}",
                "{\"jobId\":\"0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01\",\"prompt\":\"a secret prompt that nobody may log\"",
                "{\"jobId\":\"0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01\",\"prompt\":a secret prompt that nobody may log}",
                "{\"prompt\":\"a secret prompt that nobody may log\"}",
                "{\"jobId\":null,\"prompt\":\"a secret prompt that nobody may log\"}",
                "{\"jobId\":7,\"prompt\":\"a secret prompt that nobody may log\"}",
                "{\"jobId\":\"0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01\"}",
                "{\"jobId\":\"0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01\",\"prompt\":null}",
                "{\"jobId\":\"0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01\",\"prompt\":[\"a secret prompt that nobody may log\"]}"
            })
    void shouldRefuseWithoutRepeatingIt_whenPayloadIsNotASubmission(String payload) {
        assertMalformedPayload(payload);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"width\":\"a secret prompt that nobody may log\"",
                "\"width\":64.5",
                "\"width\":99999999999",
                "\"width\":true",
                "\"guidance\":\"a secret prompt that nobody may log\"",
                "\"guidance\":NaN",
                "\"guidance\":[]",
                "\"seed\":1e400",
                "\"reference\":{\"role\":\"a secret prompt that nobody may log\"}",
                "\"reference\":{\"role\":\"video\",\"object\":{\"bucket\":\"a secret prompt that nobody may log\"}}",
                "\"reference\":\"a secret prompt that nobody may log\""
            })
    void shouldNameFieldWithoutRepeatingIt_whenFieldIsNotOfItsType(String field) {
        assertMalformedPayload("{\"jobId\":\"" + JOB + "\",\"prompt\":\"" + SECRET + "\"," + field + "}");
    }

    @Test
    void shouldNameField_whenItIsNotOfItsType() {
        assertThatThrownBy(() -> EventCodec.read(
                        PromptSubmitted.class,
                        ("{\"jobId\":\"" + JOB + "\",\"prompt\":\"x\",\"width\":\"wide\"}").getBytes(UTF_8)))
                .hasMessage("width: is missing or not of its type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{%s}", "urn:uuid:%s", "0%s", "x"})
    void shouldNameTheJobId_thatIsNoUuid(String spelling) {
        String id = spelling.formatted(JOB);

        assertThatThrownBy(() -> EventCodec.read(
                        PromptSubmitted.class, ("{\"jobId\":\"" + id + "\",\"prompt\":\"x\"}").getBytes(UTF_8)))
                .hasMessageStartingWith("jobId: '" + id + "' is not a UUID; valid is for instance ");
    }

    @Test
    void shouldStayShort_whenAMisplacedValueIsLong() {
        String longText = "x".repeat(100_000);
        for (String object : new String[] {
            "{\"bucket\":\"" + longText + "\",\"key\":\"k\",\"mediaType\":\"m\",\"bytes\":1,\"sha256\":\""
                    + "0".repeat(64) + "\"}",
            "{\"bucket\":\"b\",\"key\":\"" + longText + "\",\"mediaType\":\"m\",\"bytes\":1,\"sha256\":\""
                    + "0".repeat(64) + "\"}",
            "{\"bucket\":\"b\",\"key\":\"k\",\"mediaType\":\"m\",\"bytes\":1,\"sha256\":\"" + longText + "\"}"
        }) {
            String payload = "{\"jobId\":\"" + JOB + "\",\"prompt\":\"p\",\"reference\":{\"role\":\"video\",\"object\":"
                    + object + "}}";
            assertThatThrownBy(() -> EventCodec.read(PromptSubmitted.class, payload.getBytes(UTF_8)))
                    .isInstanceOf(MalformedEventException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
        }
    }

    /** Admission answers senseless numbers by name; so a submission carries them, and a spec can't. */
    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity"})
    void shouldCarryToAdmission_whenNumberIsASpecialValueAsText(String value) throws MalformedEventException {
        String payload = "{\"jobId\":\"" + JOB + "\",\"prompt\":\"p\",\"guidance\":\"" + value + "\",\"width\":-5}";

        PromptSubmitted event = EventCodec.read(PromptSubmitted.class, payload.getBytes(UTF_8));

        assertThat(event.settings().guidance()).isEqualTo(Double.valueOf(value));
        assertThat(event.settings().width()).isEqualTo(-5);
        assertThat(EventCodec.read(PromptSubmitted.class, EventCodec.write(event)))
                .isEqualTo(event);
        String spec = new String(
                        Schemas.bytes(Schemas.examples(EventType.JOB_ACCEPTED).get(1)), UTF_8)
                .replace("\"guidance\": 4.0", "\"guidance\": \"" + value + "\"");
        assertThatThrownBy(() -> EventCodec.read(JobAccepted.class, spec.getBytes(UTF_8)))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("spec.guidance: must be a number of at least 0.0");
    }

    @Test
    void shouldRefuse_whenKindOfProgressIsUnknown() {
        String payload = new String(
                        Schemas.bytes(Schemas.examples(EventType.PROGRESS).get(0)), UTF_8)
                .replaceFirst("\"kind\": \"[a-z-]+\"", "\"kind\": \"dreaming\"");

        assertThatThrownBy(() -> EventCodec.read(Progress.class, payload.getBytes(UTF_8)))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("detail: is missing or not of its type");
    }

    private static void assertMalformed(Consumer<Map<String, byte[]>> change, Reason reason, String... message) {
        Map<String, byte[]> headers = new HashMap<>(EVENT.headers());
        change.accept(headers);
        assertThatThrownBy(() -> EventCodec.read(PromptSubmitted.class, EVENT.key(), EVENT.payload(), headers))
                .isInstanceOfSatisfying(MalformedEventException.class, e -> assertThat(e.reason())
                        .isEqualTo(reason))
                .message()
                .contains(message)
                .doesNotContain(SECRET);
    }

    private static void assertMalformedPayload(String payload) {
        assertThatThrownBy(() -> EventCodec.read(PromptSubmitted.class, payload.getBytes(UTF_8)))
                .isInstanceOfSatisfying(MalformedEventException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.MALFORMED_PAYLOAD))
                .message()
                .doesNotContain("secret")
                .isNotBlank();
    }
}
