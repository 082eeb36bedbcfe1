package dev.galatea.gateway.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.HostileJson;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VideoRequestTest {

    /** Java itself takes most of these for numbers. */
    private static final List<String> NO_NUMBERS = List.of(
            "\"\"",
            "\"four\"",
            "\"1 2\"",
            "\"2d\"",
            "\"2f\"",
            "\"0x1p3\"",
            "\"NaN\"",
            "\"Infinity\"",
            "\"٢\"",
            "\"2_0\"");

    private final JobId job = JobId.random();

    @Test
    void shouldReadEveryField() {
        PromptSubmitted prompt = parse("""
                {"prompt": "a red ball", "model": "pebble", "seconds": "4", "size": "96x64", "num_inference_steps": 20,
                 "guidance_scale": 4.5, "negative_prompt": "blurry", "seed": 9007199254740993, "user": {"any": []},
                 "metadata": {"a": 1}, "num_frames": null, "enable_teacache": false, "quality": "standard"}
                """);

        assertThat(prompt)
                .isEqualTo(PromptSubmitted.of(
                                job,
                                "a red ball",
                                GenerationSettings.builder()
                                        .negativePrompt("blurry")
                                        .model("pebble")
                                        .width(96)
                                        .height(64)
                                        .steps(20)
                                        .guidance(4.5)
                                        .seed(9007199254740993L)
                                        .build())
                        .withSeconds(4.0));
    }

    @Test
    void shouldLeaveAbsentWhatIsAbsentOrNull() {
        assertThat(parse("{\"prompt\": \"\", \"seconds\": null}")).isEqualTo(PromptSubmitted.of(job, ""));
    }

    @Test
    void shouldTakeNumbersAndStrings_whereverNumbersAre() {
        PromptSubmitted prompt = parse("""
                {"prompt": "p", "seconds": 2.5, "width": "64", "height": 64.0, "num_frames": "33",
                 "guidance_scale": "+4.5e0", "seed": "-2", "num_inference_steps": 1e1}
                """);

        assertThat(prompt)
                .isEqualTo(PromptSubmitted.of(
                        job,
                        "p",
                        GenerationSettings.builder()
                                .width(64)
                                .height(64)
                                .frames(33)
                                .steps(10)
                                .guidance(4.5)
                                .seed(-2L)
                                .build()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|prompt: is missing",
                "{\"prompt\": 1}|prompt: is not a string",
                "{\"prompt\": \"p\", \"width\": 1.5}|width: '1.5' is not a whole number",
                "{\"prompt\": \"p\", \"width\": 3000000000}|width: '3000000000' is not a whole number of 32 bits; valid are -2147483648 to 2147483647",
                "{\"prompt\": \"p\", \"seed\": 1e999999999}|seed: '1E+999999999' is not a whole number of 64 bits",
                "{\"prompt\": \"p\", \"seed\": 18446744073709551616}|seed: '18446744073709551616' is not a whole number of 64 bits",
                "{\"prompt\": \"p\", \"seconds\": \"four\"}|seconds: 'four' is not a number",
                "{\"prompt\": \"p\", \"seconds\": [4]}|seconds: is not a number",
                "{\"prompt\": \"p\", \"guidance_scale\": true}|guidance_scale: 'true' is not a number",
                "{\"prompt\": \"p\", \"size\": \"big\"}|size: 'big' is not WIDTHxHEIGHT",
                "{\"prompt\": \"p\", \"size\": \"64x64\", \"width\": 32}|size: excludes another width or height",
                "{\"prompt\": \"p\", \"input_reference\": \"a\"}|input_reference: holds no picture",
                "{\"prompt\": \"p\", \"input_reference\": {\"image_url\": \"http://a/b.png\"}}|input_reference: holds no picture",
                "{\"prompt\": \"p\", \"input_reference\": {\"file_id\": \"f\"}}|input_reference: has a file_id",
                "{\"prompt\": \"p\", \"video_reference\": \"a\"}|video_reference: holds no video",
                "{\"prompt\": \"p\", \"prompt\": \"q\"}|prompt: is given more than once; valid is once",
                "{\"input_reference\": {\"image_url\": \"a\", \"image_url\": \"b\"}}|input_reference.image_url: is given more",
                "{\"extra_body\": {\"x\": [1, {\"seed\": 1, \"s\\u0065ed\": 2}]}}|extra_body.x[1].seed: is given more than once",
                "{\"prompt\": \"p\", \"fit\": \"stretch\"}|fit: 'stretch' is not valid; valid are crop and pad",
                "{\"prompt\": \"p\", \"guidance_scale\": NaN}|the body is not JSON",
                "{\"prompt\": \"p\"|the body is not JSON",
                "[]|the body is no JSON object",
                "''|the body is no JSON object",
                "{\"prompt\": \"p\"} x|the body is not JSON"
            })
    void shouldSayWhatIsWrong_whenTheShapeIsWrong(String body, String message) {
        assertThatThrownBy(() -> parse(body == null ? "" : body))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith(message);
    }

    static Stream<RequestFields.Field> fields() {
        return RequestFields.all().stream().filter(field -> field.type() != ReferenceMedia.class);
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldNameTheField_whenItsValueIsOfAnotherType(RequestFields.Field field) {
        List<String> wrong = new ArrayList<>(List.of("[]", "{}", "[1]", field.type() == Boolean.class ? "1" : "true"));
        wrong.addAll(field.type() == String.class ? List.of("1", "1.5") : NO_NUMBERS);
        if (field.type() == Integer.class || field.type() == Long.class) {
            wrong.addAll(List.of("1.5", "\"1.5\"", "1e400", "9223372036854775808", "-9223372036854775809"));
        }
        for (String value : wrong) {
            assertThatThrownBy(() -> parse(body(field, value)))
                    .as(value)
                    .isInstanceOf(ProblemException.class)
                    .hasMessageStartingWith(field.httpName() + ": ");
        }
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldTakeWhatJustFits(RequestFields.Field field) {
        Map<Class<?>, List<Object>> extremes = Map.of(
                Integer.class, List.of(Integer.MAX_VALUE, Integer.MIN_VALUE, 0),
                Long.class, List.of(Long.MAX_VALUE, Long.MIN_VALUE, 0L),
                Double.class, List.of(Double.MAX_VALUE, Double.MIN_VALUE, -0.0),
                Boolean.class, List.of(true, false),
                String.class, List.of("", "p", "null"));
        for (Object value : extremes.get(field.type())) {
            PromptSubmitted prompt = parse(body(field, "\"" + value + "\""));

            assertThat(valueOf(field, prompt)).isEqualTo(value);
        }
        if (field.type() == Integer.class) {
            assertThatThrownBy(() -> parse("{\"prompt\": \"p\", \"" + field.httpName() + "\": 2147483648}"))
                    .hasMessageStartingWith(
                            field.httpName() + ": '2147483648' is not a whole number of 32 bits; valid are");
        }
    }

    private static String body(RequestFields.Field field, String value) {
        String prompt = field.name().equals("prompt") ? "" : "\"prompt\": \"p\", ";
        return "{" + prompt + "\"" + field.httpName() + "\": " + value + "}";
    }

    private static @Nullable Object valueOf(RequestFields.Field field, PromptSubmitted prompt) {
        return switch (field.name()) {
            case "prompt" -> prompt.prompt();
            case "seconds" -> prompt.seconds();
            case "truncate" -> prompt.truncate();
            default -> field.in(prompt.settings());
        };
    }

    @RepeatedTest(5)
    void shouldReadWhatever_aClientWrites(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int i = 0; i < 200; i++) {
            GenerationSettings settings =
                    RequestFields.settingsOf(field -> random.nextInt(3) == 0 ? null : anything(field.type(), random));
            ObjectNode body =
                    JsonNodeFactory.instance.objectNode().put("prompt", "p").put("user", i);
            for (RequestFields.Field field : RequestFields.settings()) {
                Object value = field.in(settings);
                if (random.nextBoolean() && value != null) {
                    body.put(field.httpName(), value.toString());
                } else {
                    body.putPOJO(field.httpName(), value);
                }
            }

            assertThat(parse(new ObjectMapper().writeValueAsString(body)))
                    .isEqualTo(PromptSubmitted.of(job, "p", settings));
        }
    }

    @Test
    void shouldReadOrRefuse_whateverAFieldHolds() throws Exception {
        String body = """
                {"prompt": "p", "model": "m", "seconds": "4", "size": "96x64", "n": 2, "num_inference_steps": 20,
                 "seed": 1, "guidance_scale": 4.5, "input_reference": {"image_url": {"url": "https://a/"}},
                 "last_frame": "https://a/", "strength": 0.5, "extra_body": {"fps": 24, "truncate": true}, "video_params": "{\\"upscale\\": 2}",
                 "metadata": {"a": [1]}, "enable_teacache": false, "quality": "standard", "num_frames": 17}
                """;
        int refused = 0;
        for (String variant : HostileJson.variants(body)) {
            try {
                parse(variant);
            } catch (ProblemException e) {
                refused++;
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void shouldRefuseBytes_thatAreNoUtf8() {
        byte[] overlong = "{\"prompt\": \"a \u00c0\u00af\"}".getBytes(ISO_8859_1);

        assertThatThrownBy(() -> VideoRequest.json(overlong))
                .isInstanceOf(ProblemException.class)
                .hasMessage("the body is not UTF-8; valid is JSON in UTF-8");
    }

    @Test
    void shouldSayWhatIsBeyondTheLimitsOfJson() {
        String message = "has a number, a name or levels beyond what is read; valid are up to 1000 digits";
        for (String value : List.of("1e9999999999", "9".repeat(1001), "[".repeat(1001) + "]".repeat(1001))) {
            assertThatThrownBy(() -> parse("{\"prompt\": \"p\", \"seed\": " + value + "}"))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageStartingWith("the body " + message);
            assertThatThrownBy(() -> parse("{\"prompt\": \"p\", \"extra_body\": \"{\\\"seed\\\": " + value + "}\"}"))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageStartingWith("extra_body: " + message);
        }
    }

    private static @Nullable Object anything(Class<?> type, Random random) {
        if (type == String.class) {
            return Long.toString(random.nextLong(), 36);
        }
        if (type == Integer.class) {
            return random.nextInt();
        }
        if (type == Long.class) {
            return random.nextLong();
        }
        return type == Double.class ? random.nextDouble() * 1e6 - 5e5 : null;
    }

    @Test
    void shouldGiveEachOfSeveralVideosANoiseOfItsOwn() {
        VideoRequest request = VideoRequest.of(VideoRequest.json("{\"prompt\": \"p\", \"seed\": 7}".getBytes(UTF_8)));

        assertThat(request.toPrompt(job, 0, null).settings().seed()).isEqualTo(7);
        assertThat(request.toPrompt(job, 2, null).settings().seed()).isEqualTo(9);
    }

    @Test
    void shouldRefuseASeed_thatLeavesNoSeedsForTheOtherVideos() {
        VideoRequest request = VideoRequest.of(
                VideoRequest.json("{\"prompt\": \"p\", \"seed\": 9223372036854775807}".getBytes(UTF_8)));

        assertThat(request.toPrompt(job, 0, null).settings().seed()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> request.toPrompt(job, 1, null)).hasMessageStartingWith("seed: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "\"-1\"", "-1.0"})
    void shouldLeaveTheSeedToAdmission_whenAnyIsWanted(String seed) {
        assertThat(parse("{\"prompt\": \"p\", \"seed\": " + seed + "}")
                        .settings()
                        .seed())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input_reference\": {\"image_url\": \"data:image/png;base64,AQID\"}}",
                "{\"input_reference\": \"data:;base64,AQID\"}",
                "{\"input_reference\": \"DATA:image/png;charset=a;base64,AQ\\r\\nID\"}"
            })
    void shouldReadPicturesInDataUrls(String body) {
        VideoRequest request = VideoRequest.of(VideoRequest.json(body.getBytes(UTF_8)));

        assertThat(request.source().upload().head()).containsExactly(1, 2, 3);
        assertThat(request.lastFrame()).isNull();
    }

    private PromptSubmitted parse(String body) {
        VideoRequest request = VideoRequest.of(VideoRequest.json(body.getBytes(UTF_8)));
        request.requireFieldsOf(Operation.CREATE);
        request.source();
        request.lastFrame();
        request.fit();
        return request.toPrompt(job, 0, null);
    }
}
