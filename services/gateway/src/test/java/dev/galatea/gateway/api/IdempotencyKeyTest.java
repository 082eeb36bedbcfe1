package dev.galatea.gateway.api;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.Fixtures;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;
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
            .scheduler("other")
            .reference(new ReferenceMedia(Role.VIDEO, MediaSource.at("https://media.example/a"), null, null, null))
            .build();

    private final PromptSubmitted asked = PromptSubmitted.of(IdempotencyKey.jobId("key", 0), "a red ball")
            .withSettings(Fixtures.spec().settings());
    private final Sha256 digest = digest(asked);

    @Test
    void shouldBeTheSameJob_forTheSameKeyAndPlace() {
        assertThat(IdempotencyKey.jobId("a", 0))
                .isEqualTo(IdempotencyKey.jobId("a", 0))
                .isNotEqualTo(IdempotencyKey.jobId("a", 1))
                .isNotEqualTo(IdempotencyKey.jobId("b", 0));
        assertThat(IdempotencyKey.jobId(null, 0)).isNotEqualTo(IdempotencyKey.jobId(null, 0));
    }

    @Test
    void shouldTakeKeysOfAllKinds() {
        assertThat(IdempotencyKey.of(List.of())).isNull();
        for (String key :
                List.of("a", "k".repeat(255), "with spaces; and=signs", "\u00d0\u009a\u00d0\u00bb\u00d1\u008e")) {
            assertThat(IdempotencyKey.of(List.of(key))).isEqualTo(key);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\t"})
    void shouldRefuseKeysWithoutCharacters(String key) {
        assertThatThrownBy(() -> IdempotencyKey.of(List.of(key)))
                .hasMessage("Idempotency-Key: has 0 characters; valid are 1 to 255");
    }

    @Test
    void shouldRefuseWhatCantBeAKey() {
        assertThatThrownBy(() -> IdempotencyKey.of(List.of("k".repeat(256))))
                .hasMessage("Idempotency-Key: has 256 characters; valid are 1 to 255");
        for (String key : List.of("a\u0001b", "a\tb", "\u007fa")) {
            assertThatThrownBy(() -> IdempotencyKey.of(List.of(key)))
                    .hasMessage("Idempotency-Key: has a control character; valid are 1 to 255 others");
        }
        assertThatThrownBy(() -> IdempotencyKey.of(List.of("a", "a")))
                .hasMessage("Idempotency-Key: is given 2 times; valid is one");
    }

    @Test
    void shouldSignAllThatIsAskedFor() {
        assertThat(digest(asked)).isEqualTo(digest);
        assertThat(digest(asked.withPrompt("a blue ball"))).isNotEqualTo(digest);
        assertThat(digest(asked.withSeconds(2.0))).isNotEqualTo(digest);
        assertThat(digest(asked.withRemixOf(JobId.random()))).isNotEqualTo(digest);
        assertThat(digest(asked, asked.withJobId(IdempotencyKey.jobId("key", 1))))
                .isNotEqualTo(digest);
        assertThat(IdempotencyKey.sign(null, List.of(asked), List.of(asked))).containsExactly(asked);
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldSignEachSetting_alsoOneThatIsLeftToTheModel(RequestFields.Field changed) {
        for (GenerationSettings from : List.of(OTHER, GenerationSettings.DEFAULTS)) {
            GenerationSettings settings = RequestFields.settingsOf(
                    field -> field.equals(changed) ? field.in(from) : field.in(asked.settings()));
            boolean differs = !settings.equals(asked.settings());

            assertThat(digest(asked.withSettings(settings)).equals(digest)).isEqualTo(!differs);
        }
    }

    static List<RequestFields.Field> fields() {
        return RequestFields.settings();
    }

    @Test
    void shouldTellJobsApart_fromBeforeThereWereDigests() {
        JobState known = Fixtures.state(asked.jobId(), JobStatus.RUNNING);
        PromptSubmitted keyed = asked.withPrompt(known.prompt()).withRequestDigest(digest);

        assertThat(IdempotencyKey.isSame(keyed, known)).isTrue();
        assertThat(IdempotencyKey.isSame(keyed.withPrompt("another"), known)).isFalse();
        assertThat(IdempotencyKey.isSame(keyed, known.withRequestDigest(digest)))
                .isTrue();
        assertThat(IdempotencyKey.isSame(keyed, known.withRequestDigest(Sha256.of(new byte[] {1}))))
                .isFalse();
    }

    private static Sha256 digest(PromptSubmitted... prompts) {
        return IdempotencyKey.sign("key", List.of(prompts), List.of(prompts))
                .get(0)
                .requestDigest();
    }
}
