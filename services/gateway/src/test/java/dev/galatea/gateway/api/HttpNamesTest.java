package dev.galatea.gateway.api;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

class HttpNamesTest {

    private final PromptSubmitted prompt = PromptSubmitted.of(JobId.random(), "p");

    @ParameterizedTest
    @CsvSource({
        "prompt, prompt",
        "negativePrompt, negative_prompt",
        "frames, num_frames",
        "steps, num_inference_steps",
        "guidance, guidance_scale",
        "fps, fps",
        "reference.strength, strength",
        "reference.lastFrameUrl, last_frame",
        "reference.role, reference.role",
        "addedLater, addedLater"
    })
    void shouldNameFieldsAsRequestsDo(String field, String name) {
        assertThat(HttpNames.of(field, null)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"FIRST_FRAME, input_reference", "LAST_FRAME, last_frame", "VIDEO, video", "EXTENSION, video"})
    void shouldNameMediaByTheirRole(Role role, String name) {
        ReferenceMedia media = new ReferenceMedia(role, MediaSource.at("https://media.example/a"), null, null, null);

        assertThat(HttpNames.of("reference.role", media)).isEqualTo(name);
        assertThat(HttpNames.of("reference.url", media)).isEqualTo(name);
        assertThat(HttpNames.of("frames", media)).isEqualTo("num_frames");
    }

    @Test
    void shouldNameTheField_whenAdmissionRefusesIt() {
        Failure failure = Failure.invalid("invalid_frames", "frames", "34 is not valid; nearest valid is 33");

        assertThat(HttpNames.refusal(failure, prompt))
                .hasMessage("num_frames: 34 is not valid; nearest valid is 33")
                .extracting("param")
                .isEqualTo("num_frames");
        assertThat(HttpNames.message(failure, null)).isEqualTo("num_frames: 34 is not valid; nearest valid is 33");
    }

    /** A size is one field of the video; which of two the event blames is nobody's concern. */
    @Test
    void shouldCallASizeSize() {
        Failure failure = Failure.invalid("invalid_size", "width", "1x1 is not valid; nearest valid is 128x128");

        assertThat(HttpNames.message(failure, null)).isEqualTo("size: 1x1 is not valid; nearest valid is 128x128");
    }

    @Test
    void shouldNameTheFieldOfMedia_whenAStageCanNotReadThem() {
        ReferenceMedia media =
                new ReferenceMedia(Role.FIRST_FRAME, MediaSource.at("https://media.example/a"), null, null, null);
        Failure failure = new Failure(FailureCause.POISON, "media_broken", "reference.object: is broken: at 3");

        assertThat(HttpNames.message(failure, media)).isEqualTo("input_reference: is broken: at 3");
        assertThat(HttpNames.message(failure, media.withField("extra_body.image_url")))
                .isEqualTo("extra_body.image_url: is broken: at 3");
    }

    /** A video may come in the field that pictures come in, too. */
    @Test
    void shouldCallAVideoAsItsSenderDid_whenItCanNotBeRead() {
        ReferenceMedia media = new ReferenceMedia(Role.VIDEO, MediaSource.at("https://a/b"), null, null, null);
        Failure failure = new Failure(FailureCause.POISON, "media_broken", "reference.url: is broken: at 3");

        assertThat(HttpNames.message(failure, media.withField("input_reference")))
                .isEqualTo("input_reference: is broken: at 3");
        assertThat(HttpNames.message(failure, media)).isEqualTo("video: is broken: at 3");
    }

    @Test
    void shouldNameNoField_whenNoneIsToBlame() {
        Failure failure = new Failure(FailureCause.POISON, "no_reason", "steps: this is no name of a field here");

        ProblemException refusal = HttpNames.refusal(failure, prompt);

        assertThat(refusal).hasMessage(failure.message()).extracting("param").isNull();
        assertThat(HttpNames.message(failure, null)).isEqualTo(failure.message());
    }
}
