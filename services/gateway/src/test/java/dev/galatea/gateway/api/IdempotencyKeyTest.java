package dev.galatea.gateway.api;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.Fixtures;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IdempotencyKeyTest {

    private static final GenerationSettings OTHER = GenerationSettings.builder()
            .negativePrompt("other")
            .model("other")
            .width(1)
            .height(1)
            .frames(1)
            .fps(1)
            .steps(1)
            .guidance(0.5)
            .seed(1L)
            .reference(new ReferenceMedia(Role.VIDEO, MediaSource.at("https://media.example/a"), null, null, null))
            .build();

    private final JobId job = JobId.random();
    private final JobState known = Fixtures.state(job, JobStatus.RUNNING);
    private final PromptSubmitted same =
            PromptSubmitted.of(job, known.prompt()).withSettings(Fixtures.spec().settings());

    @Test
    void shouldBeTheSameJob_forTheSameKeyAndPlace() {
        assertThat(IdempotencyKey.jobId("a", 0))
                .isEqualTo(IdempotencyKey.jobId("a", 0))
                .isNotEqualTo(IdempotencyKey.jobId("a", 1))
                .isNotEqualTo(IdempotencyKey.jobId("b", 0));
        assertThat(IdempotencyKey.jobId(null, 0)).isNotEqualTo(IdempotencyKey.jobId(null, 0));
        assertThat(IdempotencyKey.jobId("k".repeat(255), 0)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void shouldRefuseKeysWithoutCharacters(String key) {
        assertThatThrownBy(() -> IdempotencyKey.jobId(key, 0)).hasMessageStartingWith("Idempotency-Key: has ");
        assertThatThrownBy(() -> IdempotencyKey.jobId("k".repeat(256), 0))
                .hasMessage("Idempotency-Key: has 256 characters; valid are 1 to 255");
    }

    @Test
    void shouldTakeTheSameRequestAgain() {
        JobState known =
                this.known.withPrompt("a red ball").withSpec(Fixtures.spec().withPrompt("a red ball"));

        assertThatCode(() -> IdempotencyKey.checkSame(same, known)).doesNotThrowAnyException();
        assertThatCode(() -> IdempotencyKey.checkSame(same.withSettings(GenerationSettings.DEFAULTS), known))
                .as("what was left to the model")
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldRefuse_whenOneSettingIsAnother(RequestFields.Field changed) {
        GenerationSettings settings =
                RequestFields.settingsOf(field -> field.equals(changed) ? field.in(OTHER) : field.in(same.settings()));

        assertThatThrownBy(() -> IdempotencyKey.checkSame(same.withSettings(settings), known))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("Idempotency-Key: was used for another request");
    }

    static java.util.List<RequestFields.Field> fields() {
        return RequestFields.settings();
    }

    @Test
    void shouldNotCompareTheLength_ofAnExtension() {
        ReferenceMedia video =
                new ReferenceMedia(Role.EXTENSION, MediaSource.at("https://media.example/a"), null, null, null);
        JobState extended = known.withSpec(
                Fixtures.spec().withPrompt(known.prompt()).withSettings(settings -> settings.reference(video)));
        PromptSubmitted prompt =
                same.withSettings(settings -> settings.reference(video).frames(16));

        assertThatCode(() -> IdempotencyKey.checkSame(prompt, extended)).doesNotThrowAnyException();
    }
}
