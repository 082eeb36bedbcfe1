package dev.galatea.jobtracking.admission;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.model.bundle.Grid;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.RequestFields;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever arrives gets an answer, and what is accepted is within the limits. Seeded: a failure names its seed. */
class AdmissionPropertiesTest {

    private static final int PROMPTS = 500;

    private static final List<String> FIELDS =
            RequestFields.all().stream().map(RequestFields.Field::name).toList();

    private final Admission admission = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS);

    @RepeatedTest(5)
    void shouldAcceptOnlyWhatIsWithinLimits_whateverArrives(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        int accepted = 0;
        for (int i = 0; i < PROMPTS; i++) {
            PromptSubmitted prompt = anything(random);
            Decision decision = admission.decide(prompt);
            assertThat(admission.decide(prompt)).isEqualTo(decision);
            if (decision instanceof Decision.Accepted yes) {
                accepted++;
                checkWithinLimits(yes.spec());
                checkNothingAskedIsChanged(prompt, yes.spec());
                EventCodec.mapper().writeValueAsBytes(yes.spec());
            } else {
                Decision.Refused no = (Decision.Refused) decision;
                assertThat(no.failure().code()).matches("[a-z]+(_[a-z]+)*");
                assertThat(no.failure().field()).isIn(FIELDS);
                assertThat(no.failure().message())
                        .startsWith(no.failure().field() + ": ")
                        .contains("valid");
                EventCodec.mapper().writeValueAsBytes(no.failure());
            }
        }
        assertThat(accepted).isBetween(PROMPTS / 50, PROMPTS - PROMPTS / 50);
    }

    @RepeatedTest(5)
    void shouldNameOnlyValidNeighbours_whateverTheGrid(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int i = 0; i < PROMPTS; i++) {
            int step = 1 + random.nextInt(40);
            int min = 1 + random.nextInt(100);
            Grid grid = new Grid(min, min + step + random.nextInt(400), random.nextInt(2), step);
            int value = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(600) - 50;
            assertThat(grid.contains(grid.below(value))).isTrue();
            assertThat(grid.contains(grid.above(value))).isTrue();
            assertThat(grid.above(value) - grid.below(value)).isIn(0, step);
            int nearest = grid.nearest(value + random.nextDouble());
            assertThat(grid.contains(nearest)).isTrue();
            if (grid.contains(value)) {
                assertThat(grid.below(value)).isEqualTo(value).isEqualTo(grid.above(value));
                assertThat(grid.nearest(value)).isEqualTo(value);
            }
        }
    }

    /** Defaults fill gaps only; seconds become frames. */
    private static void checkNothingAskedIsChanged(PromptSubmitted prompt, JobSpec spec) {
        assertThat(prompt.settings().orElse(spec.settings())).isEqualTo(spec.settings());
    }

    private static void checkWithinLimits(JobSpec spec) {
        assertThat(spec.width()).isBetween(32, 128);
        assertThat(spec.width() % 16).isZero();
        assertThat(spec.height()).isBetween(32, 128);
        assertThat(spec.height() % 16).isZero();
        assertThat(spec.frames()).isBetween(5, 65);
        assertThat(spec.frames() % 4).isEqualTo(1);
        assertThat(spec.steps()).isBetween(1, 50);
        assertThat(spec.guidance()).isBetween(0.0, 20.0);
        assertThat(spec.prompt()).isNotBlank();
        assertThat(spec.model()).isIn("pebble", "boulder");
    }

    private static PromptSubmitted anything(Random random) {
        Prompts prompts = Prompts.prompt().text(text(random));
        if (random.nextInt(4) == 0) {
            prompts.negative(text(random));
        }
        if (random.nextInt(3) == 0) {
            prompts.model(random.nextBoolean() ? "boulder" : text(random));
        }
        if (random.nextInt(3) == 0) {
            prompts.size(number(random, 16), number(random, 16));
        }
        if (random.nextInt(3) == 0) {
            prompts.frames(random.nextBoolean() ? Integer.valueOf(1 + 4 * random.nextInt(20)) : number(random, 4));
        }
        if (random.nextInt(6) == 0) {
            prompts.seconds(real(random));
        }
        if (random.nextInt(6) == 0) {
            prompts.fps(random.nextBoolean() ? 8 : number(random, 1));
        }
        if (random.nextInt(3) == 0) {
            prompts.steps(number(random, 1));
        }
        if (random.nextInt(3) == 0) {
            prompts.guidance(real(random));
        }
        return prompts.build();
    }

    private static String text(Random random) {
        int length = random.nextInt(8) == 0 ? random.nextInt(400) : random.nextInt(12);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int kind = random.nextInt(60);
            text.append(kind == 0 ? (char) random.nextInt(0x10000) : (char) ('a' + kind % 26));
        }
        return text.toString();
    }

    private static int number(Random random, int step) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextInt(200) - 20;
            default -> step * random.nextInt(10);
        };
    }

    private static double real(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> Double.NaN;
            default -> random.nextDouble() * 22 - 1;
        };
    }
}
