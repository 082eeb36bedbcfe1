package dev.galatea.benchmarks;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrometheusTextTest {

    private static final String TEXT = """
            # TYPE galatea_stage_seconds summary
            galatea_stage_seconds_count{stage="denoising"} 3.0 # {span_id="75",trace_id="bb"} 1.0 1795489194.755
            galatea_stage_seconds_count{stage="decoding"} 4.0
            galatea_stage_seconds_sum{stage="denoising"} 20.5
            galatea_stage_seconds_sum_of_others 7.0
            galatea_open_jobs 2.0
            """;

    @Test
    void shouldAddValues_andNoExemplars() {
        assertThat(PrometheusText.sum(TEXT, "galatea_stage_seconds_count")).isEqualTo(7);
        assertThat(PrometheusText.sum(TEXT, "galatea_stage_seconds_count", "stage=\"denoising\""))
                .isEqualTo(3);
    }

    @Test
    void shouldFindNothing_whereThereIsNothing() {
        assertThat(PrometheusText.sum(TEXT, "galatea_open_jobs")).isEqualTo(2);
        assertThat(PrometheusText.sum(TEXT, "galatea_open")).isZero();
    }

    @Test
    void shouldNameTimers() {
        assertThat(PrometheusText.timers(TEXT)).containsEntry("galatea_stage{stage=\"denoising\"}", 20.5);
        assertThat(PrometheusText.timers("")).isEqualTo(Map.of());
    }
}
