package dev.galatea.jobtracking.admission;

import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.RequestFields;

import static org.assertj.core.api.Assertions.assertThat;

/** Each setting for itself: what is asked is kept, what is not asked comes from the manifest. */
class DefaultsTest {

    /** Valid for the model, and none of its defaults. */
    private static final Map<String, Object> ASKED = Map.of(
            "negativePrompt", "dull",
            "model", "boulder",
            "width", 96,
            "height", 32,
            "frames", 5,
            "fps", 8,
            "steps", 7,
            "guidance", 1.5,
            "seed", -3L);

    private final Admission admission = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS);

    static Iterable<RequestFields.Field> fields() {
        return RequestFields.settings().stream()
                .filter(field -> !field.name().equals("reference"))
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

        GenerationSettings usual = Defaults.of(new Model(Fixtures.manifest("pebble"), Fixtures.DIGEST), prompt.jobId());
        for (RequestFields.Field field : fields()) {
            Object expected = field.equals(asked) ? ASKED.get(field.name()) : field.in(usual);
            assertThat(field.in(accepted)).as(field.name()).isNotNull().isEqualTo(expected);
        }
    }
}
