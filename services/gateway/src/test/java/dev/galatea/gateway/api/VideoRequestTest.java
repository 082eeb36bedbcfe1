package dev.galatea.gateway.api;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.gateway.problem.ProblemException;
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
                .isEqualTo(new PromptSubmitted(
                        job, "a red ball", "blurry", "pebble", 96, 64, null, 4.0, 20, 4.5, 9007199254740993L, null));
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
                .isEqualTo(new PromptSubmitted(job, "p", null, null, 64, 64, 33, 2.5, 10, Double.NaN, -1L, null));
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
                "{\"prompt\": \"p\", \"input_reference\": \"a\"}|input_reference: starting from",
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

    private PromptSubmitted parse(String body) {
        return VideoRequest.of(VideoRequest.json(body.getBytes(UTF_8))).toPrompt(job, 0);
    }
}
