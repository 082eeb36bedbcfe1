package dev.galatea.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.systemtests.DrillOutcome;
import dev.galatea.systemtests.DrillRunner;
import dev.galatea.systemtests.DrillSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The drills that find most in the least time, each fault once, on one deployment; {@code ./galatea drill} runs all of
 * them. What the auditor says must hold on any machine; targets of time are for a quiet one.
 */
class DrillIT {

    private static final long SEED = 7;

    @TempDir
    Path directory;

    @Test
    void shouldLoseNothing_whenWorkersDieAndEventsAreWrong() throws Exception {
        List<String> drills =
                List.of("kill-denoiser", "stop-denoiser", "pause-denoiser", "checkpoint", "duplicates", "poison");
        DrillSettings settings = new DrillSettings(
                Path.of(System.getProperty("repository.root")), directory, SEED, 1, 48, 6, 2, Duration.ofSeconds(5));

        List<DrillOutcome> outcomes = new DrillRunner(settings, System.out::println).run(drills);

        assertThat(outcomes)
                .extracting(DrillOutcome::name)
                .contains("undisturbed")
                .containsAll(drills);
        assertThat(outcomes)
                .allSatisfy(outcome ->
                        assertThat(outcome.violations()).as(outcome.name()).isEmpty());
    }
}
