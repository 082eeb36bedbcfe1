package dev.galatea.jobtracking.admission;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.tensor.ObjectRef;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static org.assertj.core.api.Assertions.assertThat;

/** Prompts with media that the clip is made from. */
class ReferenceAdmissionTest {

    private final Admission admission = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS);

    @Test
    void shouldRefuse_whenReferenceMediaCanNotBeTaken() {
        ReferenceMedia reference = new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, Fixtures.clip(), null);

        assertThat(refused(prompt().reference(reference)).code()).isEqualTo("reference_not_supported");
    }

    @Test
    void shouldAccept_whatTheManifestSaysThatTheModelTakes() {
        ReferenceMedia picture = reference(ReferenceMedia.Role.FIRST_FRAME, null, null);
        ReferenceMedia video = reference(ReferenceMedia.Role.VIDEO, 0.5, null);

        assertThat(accepted(prompt().model("boulder").reference(picture).build())
                        .reference())
                .isEqualTo(picture);
        assertThat(accepted(prompt().model("boulder").reference(video).build()).reference())
                .isEqualTo(video);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://media.example/tok",
                "https:///tok",
                "https://u:p@media.example/tok",
                "https://media.example/tok#part",
                "https://media.example/tok with spaces",
                "file:///tok",
                "tok"
            })
    void shouldRefuse_whatIsNoAddressOfMedia(String url) {
        ReferenceMedia at = new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, MediaSource.at(url), null, null, null);

        Failure failure = refused(prompt().model("boulder").reference(at));

        assertThat(failure.code()).isEqualTo("invalid_reference_url");
        assertThat(failure.message())
                .startsWith("reference.url: is not valid; valid is https://HOST/")
                .as("addresses may hold tokens")
                .doesNotContain("tok");
    }

    @Test
    void shouldAccept_mediaAtAnAddress() {
        MediaSource source = MediaSource.at("https://media.example/a.png?token=abc");
        ReferenceMedia at = new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, source, null, null, null);

        assertThat(accepted(prompt().model("boulder").reference(at).build()).reference())
                .isEqualTo(at);
    }

    @Test
    void shouldRefuse_whatComesWithoutThePictureThatTheModelNeeds() {
        Admission quarry = new Admission(
                new ModelCatalogue(
                        List.of(new Model(Fixtures.picturesOnlyManifest("quarry"), Fixtures.DIGEST)), "quarry"),
                Fixtures.MAX_PIXEL_STEPS);
        ReferenceMedia picture = reference(ReferenceMedia.Role.FIRST_FRAME, null, null);

        Failure failure = Decisions.refused(quarry, prompt().build());

        assertThat(failure.code()).isEqualTo("reference_required");
        assertThat(failure.field()).isEqualTo("reference");
        assertThat(failure.message())
                .isEqualTo("reference: is missing; model 'quarry' makes no clip of text alone; valid is first_frame");
        assertThat(Decisions.accepted(quarry, prompt().reference(picture).build())
                        .reference())
                .isEqualTo(picture);
    }

    @Test
    void shouldRefuse_whatTheModelDoesNotTake() {
        Failure last =
                refused(prompt().model("boulder").reference(reference(ReferenceMedia.Role.LAST_FRAME, null, null)));
        Failure both = refused(
                prompt().model("boulder").reference(reference(ReferenceMedia.Role.FIRST_FRAME, null, Fixtures.clip())));

        assertThat(last.code()).isEqualTo("reference_not_supported");
        assertThat(last.message())
                .isEqualTo("reference.role: model 'boulder' can't make a clip from 'last_frame'; valid are"
                        + " first_frame, video, extension");
        assertThat(both.message()).startsWith("reference.lastFrame: model 'boulder' can't take it");
    }

    @Test
    void shouldMakeWhatAnExtensionAdds_afterWhatItSharesWithTheVideo() {
        assertThat(accepted(extension().build()).frames()).as("as usual").isEqualTo(33);
        assertThat(accepted(extension().frames(4).build()).frames()).isEqualTo(4 + 9);
        assertThat(accepted(extension().seconds(2.2).build()).frames()).isEqualTo(16 + 9);
        assertThat(accepted(extension().seconds(7.0).build()).frames()).isEqualTo(65);
    }

    @Test
    void shouldRefuse_whenAnExtensionAddsMoreThanTheModelMakesAtOnce() {
        assertThat(refused(extension().frames(64)).message())
                .isEqualTo("frames: 64 is not valid for model 'boulder'; nearest valid is 56 (4 to 56 in steps of 4)");
        assertThat(refused(extension().frames(5)).code()).isEqualTo("invalid_frames");
        assertThat(refused(extension().seconds(8.0)).message()).endsWith("valid are 0.5 to 7.0");
        assertThat(refused(extension().seconds(0.0)).code()).isEqualTo("invalid_seconds");
        assertThat(refused(extension().seconds(1.0).frames(8)).code()).isEqualTo("frames_and_seconds");
    }

    private static Prompts extension() {
        return prompt().model("boulder").reference(reference(ReferenceMedia.Role.EXTENSION, null, null));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.01, Double.NaN})
    void shouldRefuse_whenTheStrengthIsOutOfRange(double strength) {
        Failure failure =
                refused(prompt().model("boulder").reference(reference(ReferenceMedia.Role.VIDEO, strength, null)));

        assertThat(failure.code()).isEqualTo("invalid_strength");
        assertThat(failure.message()).endsWith("valid are numbers over 0 up to 1");
    }

    private static ReferenceMedia reference(
            ReferenceMedia.Role role, @Nullable Double strength, @Nullable ObjectRef last) {
        return new ReferenceMedia(
                role,
                MediaSource.stored(Fixtures.clip()),
                strength,
                null,
                last == null ? null : MediaSource.stored(last));
    }

    private JobSpec accepted(PromptSubmitted submitted) {
        return Decisions.accepted(admission, submitted);
    }

    private Failure refused(Prompts prompts) {
        return Decisions.refused(admission, prompts.build());
    }
}
