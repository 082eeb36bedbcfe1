package dev.galatea.jobtracking.admission;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobWarning;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.pipeline.Pipeline;

import static org.assertj.core.api.Assertions.assertThat;

/** Prompts of which the model does not read all; here a token is a word, and four are read. */
class AdmissionTokensTest {

    private static final int READ = 4;
    private static final String LONG = "a red ball bounces for ever";

    private final Admission admission = new Admission(
            new ModelCatalogue(
                    List.of(new Model(Fixtures.manifest("pebble"), Fixtures.DIGEST, AdmissionTokensTest::unread)),
                    "pebble"),
            Fixtures.MAX_PIXEL_STEPS);

    private static Optional<PromptReader.Unread> unread(String text) {
        List<String> words = Arrays.asList(text.split(" "));
        return words.size() <= READ
                ? Optional.empty()
                : Optional.of(new PromptReader.Unread(words.size(), READ, String.join(" ", words.subList(0, READ))));
    }

    @Test
    void shouldNotWarn_whenAllIsRead() {
        assertThat(warnings(Prompts.prompt().text("a red ball").negative("blue").build()))
                .isEmpty();
        assertThat(warnings(Prompts.prompt().text("a red ball").build().withTruncate(false)))
                .isEmpty();
    }

    @Test
    void shouldWarnOfWhatIsNotRead_andSayWhatIs() {
        PromptSubmitted prompt = Prompts.prompt().text(LONG).negative(LONG).build();

        assertThat(warnings(prompt))
                .containsExactly(
                        new JobWarning(
                                "prompt_truncated",
                                "prompt: has 6 tokens, of which model 'pebble' reads the first 4",
                                "prompt",
                                "a red ball bounces"),
                        new JobWarning(
                                "prompt_truncated",
                                "negativePrompt: has 6 tokens, of which model 'pebble' reads the first 4",
                                "negativePrompt",
                                "a red ball bounces"));
        assertThat(warnings(prompt.withTruncate(true))).hasSize(2);
        assertThat(((Decision.Accepted) admission.decide(prompt)).spec().prompt())
                .isEqualTo(LONG);
    }

    @Test
    void shouldShowWarnings_inTheJobAndItsEnd() {
        JobTracker tracker = new JobTracker(admission, Pipeline.VIDEO);
        JobState state = tracker.submitted(Prompts.prompt().text(LONG).build(), null, Fixtures.NOON)
                .state();

        assertThat(state.warnings()).hasSize(1);
        assertThat(tracker.happened(state, Fixtures.decoded(state.jobId(), state.spec()), Fixtures.NOON)
                        .orElseThrow()
                        .outputs())
                .singleElement()
                .hasFieldOrPropertyWithValue("warnings", state.warnings());
    }

    @Test
    void shouldRefuse_whenItMustNotBeCut() {
        assertThat(refusal(Prompts.prompt().text(LONG).build()))
                .isEqualTo(Failure.invalid(
                        "prompt_too_long",
                        "prompt",
                        "has 6 tokens; valid are up to 4 for model 'pebble', or more without truncate: false"));
        assertThat(refusal(Prompts.prompt().negative(LONG).build()).code()).isEqualTo("invalid_negative_prompt");
    }

    private List<JobWarning> warnings(PromptSubmitted prompt) {
        return ((Decision.Accepted) admission.decide(prompt)).warnings();
    }

    private Failure refusal(PromptSubmitted prompt) {
        return ((Decision.Refused) admission.decide(prompt.withTruncate(false))).failure();
    }
}
