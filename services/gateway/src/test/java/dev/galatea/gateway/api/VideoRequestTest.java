package dev.galatea.gateway.api;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VideoRequestTest {

    private final JobId job = JobId.random();

    @Test
    void shouldReadEveryField() {
        PromptSubmitted prompt = parse("""
                {"prompt": "a red ball", "model": "pebble", "seconds": "4", "size": "96x64", "num_inference_steps": 20,
                 "guidance_scale": 4.5, "negative_prompt": "blurry", "seed": 9007199254740993, "user": {"any": []}}
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
                {"prompt": "p", "seconds": 2.5, "width": "64", "height": 64.0, "num_frames": "33", "guidance_scale": "NaN",
                 "seed": "-1", "num_inference_steps": 1e1}
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
                                        .guidance(Double.NaN)
                                        .seed(-1L)
                                        .build())
                        .withSeconds(2.5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|prompt: is missing",
                "{\"prompt\": 1}|prompt: is not a string",
                "{\"prompt\": \"p\", \"width\": 1.5}|width: is not a whole number",
                "{\"prompt\": \"p\", \"width\": 3000000000}|width: is not a whole number of 32 bits",
                "{\"prompt\": \"p\", \"seed\": 1e999999999}|seed: is not a whole number of 64 bits",
                "{\"prompt\": \"p\", \"seed\": 18446744073709551616}|seed: is not a whole number of 64 bits",
                "{\"prompt\": \"p\", \"seconds\": \"four\"}|seconds: is not a number",
                "{\"prompt\": \"p\", \"seconds\": [4]}|seconds: is not a number",
                "{\"prompt\": \"p\", \"guidance_scale\": true}|guidance_scale: is not a number",
                "{\"prompt\": \"p\", \"size\": \"big\"}|size: is not WIDTHxHEIGHT",
                "{\"prompt\": \"p\", \"size\": \"64x64\", \"width\": 64}|size: excludes width and height",
                "{\"prompt\": \"p\", \"input_reference\": \"a\"}|input_reference: holds no picture",
                "{\"prompt\": \"p\", \"input_reference\": {\"image_url\": \"https://a/b.png\"}}|input_reference: holds no picture",
                "{\"prompt\": \"p\", \"input_reference\": {\"file_id\": \"f\"}}|input_reference: holds no picture",
                "{\"prompt\": \"p\", \"video_reference\": \"a\"}|video_reference: is not offered",
                "{\"prompt\": \"p\", \"fit\": \"stretch\"}|fit: is not valid; valid are crop and pad",
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input_reference\": {\"image_url\": \"data:image/png;base64,AQID\"}}",
                "{\"input_reference\": \"data:;base64,AQID\"}",
                "{\"input_reference\": \"DATA:image/png;charset=a;base64,AQ\\r\\nID\"}"
            })
    void shouldReadPicturesInDataUrls(String body) {
        VideoRequest request = VideoRequest.of(VideoRequest.json(body.getBytes(UTF_8)));

        assertThat(request.picture("input_reference")).containsExactly(1, 2, 3);
        assertThat(request.picture("last_frame")).isNull();
    }

    private PromptSubmitted parse(String body) {
        VideoRequest request = VideoRequest.of(VideoRequest.json(body.getBytes(UTF_8)));
        request.picture("input_reference");
        request.fit();
        return request.toPrompt(job, 0, null);
    }
}
