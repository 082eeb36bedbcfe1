package dev.galatea.jobtracking.admission;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.id.JobId;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static org.assertj.core.api.Assertions.assertThat;

class AdmissionTest {

    /** Valid for the model, and none of its defaults. */
    private static final Map<String, Object> ASKED = Map.of(
            "negativePrompt",
            "dull",
            "model",
            "boulder",
            "width",
            96,
            "height",
            32,
            "frames",
            5,
            "fps",
            8,
            "steps",
            7,
            "guidance",
            1.5,
            "seed",
            -3L,
            "scheduler",
            SchedulerConfig.DpmSolver2mFlow.NAME);

    private final Admission admission = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS);

    @Test
    void shouldFillInDefaults_whenOnlyAPromptIsGiven() {
        PromptSubmitted submitted = prompt().build();

        JobSpec spec = accepted(submitted);

        assertThat(spec)
                .isEqualTo(new JobSpec(
                        "a red ball",
                        GenerationSettings.builder()
                                .negativePrompt("blurry")
                                .model("pebble")
                                .width(64)
                                .height(64)
                                .frames(33)
                                .fps(8)
                                .steps(20)
                                .guidance(4.0)
                                .seed(Defaults.seedOf(submitted.jobId()))
                                .scheduler("flow-match-euler")
                                .build(),
                        Fixtures.DIGEST));
    }

    /** Those that have a default. */
    static List<RequestFields.Field> fields() {
        return RequestFields.settings().stream()
                .filter(field ->
                        !List.of("reference", "upscale", "interpolateToFps").contains(field.name()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldKeepWhatIsAsked_andFillInTheRest(RequestFields.Field asked) {
        PromptSubmitted prompt = Prompts.prompt()
                .build()
                .withSettings(RequestFields.settingsOf(field -> field.equals(asked) ? ASKED.get(field.name()) : null));

        GenerationSettings accepted =
                ((Decision.Accepted) admission.decide(prompt)).spec().settings();

        GenerationSettings usual =
                Defaults.of(new Model(Fixtures.manifest("pebble"), Fixtures.DIGEST), prompt.jobId(), null);
        for (RequestFields.Field field : fields()) {
            Object expected = field.equals(asked) ? ASKED.get(field.name()) : field.in(usual);
            assertThat(field.in(accepted)).as(field.name()).isNotNull().isEqualTo(expected);
        }
    }

    @Test
    void shouldTakeWhatIsGiven_whenItIsValid() {
        JobSpec spec = accepted(prompt().negative("")
                .model("boulder")
                .size(128, 32)
                .frames(65)
                .steps(50)
                .guidance(0.0)
                .seed(-1L)
                .build());

        assertThat(spec.negativePrompt()).isEmpty();
        assertThat(spec.model()).isEqualTo("boulder");
        assertThat(spec.width()).isEqualTo(128);
        assertThat(spec.height()).isEqualTo(32);
        assertThat(spec.frames()).isEqualTo(65);
        assertThat(spec.steps()).isEqualTo(50);
        assertThat(spec.guidance()).isZero();
        assertThat(spec.seed()).isEqualTo(-1);
    }

    @Test
    void shouldDeriveTheSeedFromTheJobId_soThatItIsAlwaysTheSame() {
        assertThat(Defaults.seedOf(JobId.parse("0199b6a0-0000-7000-8000-000000000000")))
                .isEqualTo(Defaults.seedOf(JobId.parse("0199b6a0-0000-7000-8000-000000000000")))
                .isNotEqualTo(Defaults.seedOf(JobId.parse("0199b6a0-0000-7000-8000-000000000001")))
                .isBetween(0L, (1L << 32) - 1);
    }

    @Test
    void shouldRefuse_whenAllTogetherIsTooMuch() {
        Admission frugal = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS / 2);
        PromptSubmitted greatest = prompt().size(128, 128).frames(65).steps(50).build();

        assertThat(accepted(greatest).steps()).isEqualTo(50);
        assertThat(frugal.decide(prompt().size(128, 128).frames(65).steps(25).build()))
                .isInstanceOf(Decision.Accepted.class);
        assertThat(frugal.decide(greatest)).isInstanceOfSatisfying(Decision.Refused.class, refused -> {
            assertThat(refused.failure().code()).isEqualTo("budget_exceeded");
            assertThat(refused.failure().message())
                    .isEqualTo("steps: 50 for 65 frames of 128x128 pixels are more than 26624000 pixel steps;"
                            + " valid are 1 to 25, or fewer or smaller frames");
        });
        Admission mean = new Admission(Fixtures.catalogue(), 1000);
        assertThat(mean.decide(prompt().build())).isInstanceOfSatisfying(Decision.Refused.class, refused -> assertThat(
                        refused.failure().message())
                .endsWith("pixel steps; valid are fewer or smaller frames"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\n\t"})
    void shouldRefuse_whenPromptIsEmpty(String text) {
        assertThat(refused(prompt().text(text)).code()).isEqualTo("empty_prompt");
    }

    @Test
    void shouldCountCharactersNotUnits_whenPromptIsLong() {
        accepted(prompt().text("🎈".repeat(200)).build());

        Failure failure = refused(prompt().text("🎈".repeat(201)));

        assertThat(failure.code()).isEqualTo("prompt_too_long");
        assertThat(failure.message()).isEqualTo("prompt: has 201 characters; valid are up to 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "a\u001bb", "a\u0085b", "a\ud800b", "a\udc00"})
    void shouldRefuse_whenPromptHasControlCharacters(String text) {
        Failure failure = refused(prompt().text(text));

        assertThat(failure.code()).isEqualTo("invalid_prompt");
        assertThat(failure.message()).startsWith("prompt: character 2 is").doesNotContain(text);
        assertThat(refused(prompt().negative(text)).code()).isEqualTo("invalid_negative_prompt");
    }

    @Test
    void shouldNameTheValidOnes_whenModelIsUnknown() {
        Failure failure = refused(prompt().model("granite\ud800"));

        assertThat(failure.code()).isEqualTo("unknown_model");
        assertThat(failure.message()).isEqualTo("model: 'granite\ufffd' is not served; valid are boulder, pebble");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100|64|width: 100 is not valid for model 'pebble'; nearest valid are 96 and 112 (32 to 128 in steps of 16)",
                "0|64|width: 0 is not valid for model 'pebble'; nearest valid is 32 (32 to 128 in steps of 16)",
                "64|2147483647|height: 2147483647 is not valid for model 'pebble'; nearest valid is 128 (32 to 128 in steps of 16)",
                "64|-2147483648|height: -2147483648 is not valid for model 'pebble'; nearest valid is 32 (32 to 128 in steps of 16)",
                "1280|720|width: 1280x720 (width x height) is not valid for model 'pebble'; nearest valid is 128x128 (32 to 128 in steps of 16 by 32 to 128 in steps of 16)"
            })
    void shouldNameTheNearestSizes_whenSizeIsOffTheGrid(int width, int height, String message) {
        Failure failure = refused(prompt().size(width, height));

        String field = message.substring(0, message.indexOf(':'));
        assertThat(failure).isEqualTo(new Failure(FailureCause.POISON, "invalid_size", message, field));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "34|nearest valid are 33 and 37 (5 to 65 in steps of 4)",
                "66|nearest valid is 65 (5 to 65 in steps of 4)",
                "-3|nearest valid is 5 (5 to 65 in steps of 4)"
            })
    void shouldNameTheNearestLengths_whenFramesAreOffTheGrid(int frames, String end) {
        Failure failure = refused(prompt().frames(frames));

        assertThat(failure.code()).isEqualTo("invalid_frames");
        assertThat(failure.message()).isEqualTo("frames: " + frames + " is not valid for model 'pebble'; " + end);
    }

    @ParameterizedTest
    @CsvSource({"4,33", "0.625,5", "0.5,5", "8,65", "8.3,65", "1.9,17", "1.875,17"})
    void shouldRoundToTheNearestLength_whenSecondsAreGiven(double seconds, int frames) {
        assertThat(accepted(prompt().seconds(seconds).build()).frames()).isEqualTo(frames);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 0.3, 8.5, 1e300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldRefuse_whenSecondsAreBeyondTheModel(double seconds) {
        Failure failure = refused(prompt().seconds(seconds));

        assertThat(failure.code()).isEqualTo("invalid_seconds");
        assertThat(failure.message()).startsWith("seconds: " + seconds).endsWith("valid are 0.625 to 8.125");
    }

    @Test
    void shouldRefuse_whenFramesAndSecondsAreGiven() {
        assertThat(refused(prompt().frames(33).seconds(4.0)).code()).isEqualTo("frames_and_seconds");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 20.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldRefuse_whenGuidanceIsNoUsableNumber(double guidance) {
        Failure failure = refused(prompt().guidance(guidance));

        assertThat(failure.code()).isEqualTo("invalid_guidance");
        assertThat(failure.message()).isEqualTo("guidance: " + guidance + " is not valid; valid are 0 to 20.0");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 51, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldRefuse_whenStepsAreOutOfRange(int steps) {
        Failure failure = refused(prompt().steps(steps));

        assertThat(failure.code()).isEqualTo("invalid_steps");
        assertThat(failure.message()).isEqualTo("steps: " + steps + " is not valid; valid are 1 to 50");
    }

    /** A distilled model lists its noise levels, and so its steps. */
    @Test
    void shouldGoTheStepsThatTheSchedulerLists() {
        PromptSubmitted usual = prompt().model("boulder").build();
        PromptSubmitted listed = usual.withSettings(settings -> settings.scheduler("flow-match-renoise"));

        assertThat(accepted(usual).steps()).isEqualTo(20);
        assertThat(accepted(listed).steps()).isEqualTo(4);
        assertThat(accepted(listed.withSettings(settings -> settings.steps(4))).steps())
                .isEqualTo(4);
        assertThat(admission.decide(listed.withSettings(settings -> settings.steps(20))))
                .isEqualTo(new Decision.Refused(Failure.invalid(
                        "invalid_steps",
                        "steps",
                        "20 is not valid for scheduler 'flow-match-renoise' of model 'boulder'; valid is 4")));
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 9, 0, -8, Integer.MAX_VALUE})
    void shouldRefuse_whenTheFrameRateIsNotTheModels(int fps) {
        assertThat(accepted(prompt().fps(8).build()).fps()).isEqualTo(8);
        assertThat(refused(prompt().fps(fps)))
                .isEqualTo(Failure.invalid("invalid_fps", "fps", fps + " is not valid for model 'pebble'; valid is 8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unipc", "", "FLOW-MATCH-EULER", "flow-match-euler-dynamic"})
    void shouldNameTheSchedulers_whenTheModelHasNoneOfThisName(String name) {
        PromptSubmitted submitted = prompt().build().withSettings(settings -> settings.scheduler(name));

        assertThat(admission.decide(submitted))
                .isEqualTo(new Decision.Refused(Failure.invalid(
                        "invalid_scheduler",
                        "scheduler",
                        "'" + name + "' is not valid for model 'pebble'; valid are flow-match-euler, "
                                + SchedulerConfig.DpmSolver2mFlow.NAME)));
    }

    private JobSpec accepted(PromptSubmitted submitted) {
        return Decisions.accepted(admission, submitted);
    }

    private Failure refused(Prompts prompts) {
        return Decisions.refused(admission, prompts.build());
    }
}
