package dev.galatea.gateway.api;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Orders as clients of other servers write them. */
class DialectFieldsTest {

    private static final String PICTURE = "data:image/png;base64,AQID";

    /** The beginning of an MP4: a box of 24 bytes, {@code ftypisom}. */
    private static final String MP4 = "data:application/octet-stream;base64,AAAAGGZ0eXBpc29t";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'num_frames': 33, 'seconds': '4'",
                "'num_frames': '33', 'seconds': 1000",
                "'extra_body': {'num_frames': 33}",
                "'extra_body': '{`num_frames`: 33}', 'seconds': 2",
                "'extra_params': {'num_frames': 33}",
                "'video_params': {'num_frames': 33, 'fps': null}",
                "'num_frames': 33, 'extra_body': {'num_frames': '33'}"
            })
    void shouldTakeTheFrames_whereverTheyAre(String fields) {
        PromptSubmitted prompt = request(fields).toPrompt(JobId.random(), 0, null);

        assertThat(prompt.settings().frames()).isEqualTo(33);
        assertThat(prompt.seconds()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'user': 'me', 'metadata': {'a': 1}, 'generator_device': 'cuda', 'output_path': '/tmp'",
                "'enable_teacache': false, 'enable_upscaling': 'false', 'upscaling_scale': 4, 'rollout': false",
                "'enable_frame_interpolation': 'False', 'frame_interpolation_exp': 1, 'sound_duration': 2.5",
                "'output_quality': 'default', 'quality': 'standard', 'flow_shift': null"
            })
    void shouldLeaveOut_whatSaysNothingAboutTheClip(String fields) {
        VideoRequest request = request(fields);
        request.requireFieldsOf(Operation.CREATE);

        assertThat(request.toPrompt(JobId.random(), 0, null).settings().seed()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'flow_shift': 5|flow_shift: is not supported, and would be without effect",
                "'guidance_scale_2': '8.0'|guidance_scale_2: is not supported",
                "'lora': {'name': 'a'}|lora: is not supported",
                "'generate_sound': true|generate_sound: is not supported",
                "'enable_frame_interpolation': 'true', 'frame_interpolation_exp': 2|enable_frame_interpolation: is not",
                "'quality': 'hd'|quality: is not supported",
                "'extra_params': {'sample_solver': 'euler'}|extra_params.sample_solver: is not supported",
                "'extra_body': '{not JSON}'|extra_body: is no JSON; valid is an object",
                "'extra_body': '{`seed`: 1, `seed`: 2}'|extra_body.seed: is given more than once; valid is once",
                "'extra_params': [1, 2]|extra_params: is no JSON object",
                "'steps': 5|steps: is not supported, and would be without effect; valid is num_inference_steps",
                "'negativePrompt': 'n'|negativePrompt: is not supported, and would be without effect; valid is negative_p",
                "'num_infrence_steps': 5|num_infrence_steps: is not supported, and would be without effect; valid are",
                "'extra_body': {'seed': 1}, 'seed': 2|extra_body.seed: excludes seed",
                "'image_reference': {'url': 'https://a/b'}, 'extra_body': {'image_reference': {'url': 'https://a/c'}}"
                        + "|extra_body.image_reference: excludes image_reference",
                "'seed': 1, 'extra_params': {'seed': [1]}|extra_params.seed: excludes seed",
                "'extra_body': {'num_inference_steps': 1.5}|extra_body.num_inference_steps: '1.5' is not a whole number",
                "'num_outputs_per_prompt': 2, 'n': 3|n: excludes num_outputs_per_prompt",
                "'audio_reference': {'audio_url': 'https://a/b'}|audio_reference: is not offered",
                "'characters': [{'id': 'c'}]|characters: is not offered",
                "'image_reference': {'file_id': 'f'}|image_reference: has a file_id",
                "'video_reference': '{`file_id`: `f`}'|video_reference: has a file_id",
                "'image_reference': {'image_url': 'https://a/b', 'url': 'https://a/c'}|image_reference: has more than one URL",
                "'image_reference': {'image_url': 'https://a/b'}, 'video_reference': {'video_url': 'https://a/c'}"
                        + "|video_reference: excludes image_reference; valid is only one of input_reference, image_ref",
                "'reference_url': 'https://a/b', 'input_reference': 'https://a/c'|reference_url: excludes input_reference"
            })
    void shouldRefuseByName_whatWouldBeDropped(String fields, String message) {
        assertThatThrownBy(() -> {
                    VideoRequest request = request(fields);
                    request.requireFieldsOf(Operation.CREATE);
                    request.toPrompt(JobId.random(), 0, null);
                    request.source();
                })
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource({
        "EDIT, input_reference",
        "EDIT, last_frame",
        "EXTENSION, image_url",
        "REMIX, video",
        "REMIX, video_reference",
        "CREATE, video"
    })
    void shouldRefuseMedia_thatTheOrderDoesNotTake(Operation operation, String field) {
        assertThatThrownBy(() -> request("'" + field + "': '" + PICTURE + "'").requireFieldsOf(operation))
                .hasMessageStartingWith(field + ": ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'input_reference': '" + PICTURE + "'|input_reference|false",
                "'input_reference': '" + MP4 + "'|input_reference|true",
                "'image_url': '" + PICTURE + "'|image_url|false",
                "'image_reference': {'image_url': '" + PICTURE + "'}|image_reference|false",
                "'image_reference': '{`image_url`: `" + PICTURE + "`}'|image_reference|false",
                "'extra_body': {'reference_url': '" + MP4 + "'}|extra_body.reference_url|true",
                "'video_reference': {'video_url': '" + MP4 + "'}|video_reference|true",
                "'video_url': '" + PICTURE + "'|video_url|true"
            })
    void shouldTakeMedia_underEachOfTheirNames(String fields, String called, boolean isVideo) {
        Medium medium = request(fields).source();

        assertThat(medium.field()).isEqualTo(called);
        assertThat(medium.isVideo()).isEqualTo(isVideo);
        assertThat(medium.upload().bytes()).isPositive();
    }

    @Test
    void shouldKeepAddresses() {
        Medium medium =
                request("'video_reference': {'video_url': 'https://a/b.mp4'}").source();

        assertThat(medium.url()).isEqualTo("https://a/b.mp4");
        assertThat(medium.upload()).isNull();
        assertThat(medium.isVideo()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'size': '64x64'|width|size",
                "'width': 64|width|width",
                "'extra_body': {'fps': 24}|fps|extra_body.fps",
                "'video_params': {'num_frames': 1}|num_frames|video_params.num_frames",
                "'video_reference': {'video_url': 'https://a/b.mp4'}|video|video_reference",
                "'image_url': 'https://a/b.png'|input_reference|image_url"
            })
    void shouldNameFields_asTheCallerDoes(String fields, String name, String called) {
        assertThat(request(fields).callersNames().apply(name)).isEqualTo(called);
    }

    /** @param fields JSON with {@code '} for quotes, and {@code `} for those of JSON inside of a text */
    private static VideoRequest request(String fields) {
        String json = "{'prompt': 'p', " + fields + "}";
        return VideoRequest.of(
                VideoRequest.json(json.replace('\'', '"').replace("`", "\\\"").getBytes(UTF_8)));
    }
}
