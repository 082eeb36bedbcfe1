package dev.galatea.benchmarks.autoscaling;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.benchmarks.autoscaling.ScalingRules.Policy;
import dev.galatea.benchmarks.autoscaling.ScalingRules.Side;
import dev.galatea.model.event.Stage;

import static org.assertj.core.api.Assertions.assertThat;

class AutoscalerTest {

    private static final ScalingRules RULES = new ScalingRules(
            100,
            0,
            0,
            20,
            15,
            300,
            new Side(0, List.of(new Policy(true, 100, 60), new Policy(false, 4, 60))),
            new Side(300, List.of(new Policy(false, 1, 60))));

    private final Autoscaler autoscaler = new Autoscaler(RULES);
    private int second;

    @Test
    void shouldReadTheManifests() throws Exception {
        Map<Stage, ScalingRules> rules = ScalingRules.read(Path.of("../k8s/base/scaling.yaml"));

        assertThat(rules.keySet()).contains(Stage.TEXT_CONDITIONING, Stage.DENOISING, Stage.DECODING);
        assertThat(rules.values()).allSatisfy(rule -> {
            assertThat(rule.threshold()).isPositive();
            assertThat(rule.maximum()).isPositive();
            assertThat(rule.up().policies()).isNotEmpty();
            assertThat(rule.down().policies()).isNotEmpty();
        });
    }

    @Test
    void shouldStartAWorkerWhenThereIsWork_andLetItGoAfterTheCoolDown() {
        assertThat(after(60, 0)).isZero();
        assertThat(after(15, 50)).isEqualTo(1);
        assertThat(after(299, 0)).isEqualTo(1);
        assertThat(after(16, 0)).isZero();
    }

    @Test
    void shouldGrowByTheWidestPolicy_upToTheMaximum() {
        after(15, 5000);
        assertThat(after(15, 5000)).isEqualTo(1 + 4);
        assertThat(after(60, 5000)).isEqualTo(10);
        assertThat(after(60, 5000)).isEqualTo(20);
        assertThat(after(600, 5000)).isEqualTo(20);
    }

    @Test
    void shouldLeaveSmallDifferencesAlone() {
        after(60, 400);
        assertThat(after(60, 400)).isEqualTo(4);
        assertThat(after(60, 439)).isEqualTo(4);
        assertThat(after(60, 441)).isEqualTo(5);
    }

    @Test
    void shouldShrinkOneAMinute_andOnlyAfterTheWindow() {
        after(120, 400);
        assertThat(after(300, 100)).isEqualTo(4);
        assertThat(after(30, 100)).isEqualTo(3);
        assertThat(after(60, 100)).isEqualTo(2);
        assertThat(after(600, 100)).isEqualTo(1);
    }

    /** The workers when so many more seconds have passed with that metric. */
    private int after(int seconds, double metric) {
        int workers = 0;
        for (int end = second + seconds; second < end; second++) {
            workers = autoscaler.decide(second, metric);
        }
        return workers;
    }
}
