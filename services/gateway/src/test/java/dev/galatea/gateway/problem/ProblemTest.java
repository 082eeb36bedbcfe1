package dev.galatea.gateway.problem;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProblemTest {

    @Test
    void shouldHoldNoHalvesOfPairs_becauseStrictReadersRefuseThem() {
        Problem problem = Problem.of(400, "Bad Request", "a", "x: 'a\ud83d…' 😀 \ude00", "b\ud83d…", null);

        assertThat(problem.detail()).isEqualTo("x: 'a\ufffd…' 😀 \ufffd");
        assertThat(problem.error().message()).isEqualTo(problem.detail());
        assertThat(problem.error().param()).isEqualTo("b\ufffd…");
    }
}
