package dev.galatea.standalone.cli;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The seeds of several jobs count up. */
class ExtendJobTest {

    @Test
    void shouldRefuseSeeds_thatTheLastJobCouldNotHave() {
        assertThat(ExtendJob.seedProblem(null, 3)).isEmpty();
        assertThat(ExtendJob.seedProblem(Long.MIN_VALUE, 3)).isEmpty();
        assertThat(ExtendJob.seedProblem(Long.MAX_VALUE, 1)).isEmpty();
        assertThat(ExtendJob.seedProblem(Long.MAX_VALUE - 2, 3)).isEmpty();
        assertThat(ExtendJob.seedProblem(Long.MAX_VALUE - 1, 3)).hasValueSatisfying(problem -> assertThat(problem)
                .startsWith("9223372036854775806 is not valid")
                .endsWith("valid are up to 9223372036854775805"));
    }
}
