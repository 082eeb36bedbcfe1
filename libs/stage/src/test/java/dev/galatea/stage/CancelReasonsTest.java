package dev.galatea.stage;

import org.junit.jupiter.api.Test;

import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

class CancelReasonsTest {

    private static final long MAX_BYTES = 100_000;

    private final CancelReasons reasons = new CancelReasons(MAX_BYTES);

    @Test
    void shouldKeepWithinItsMemory_howeverManyAndLongTheReasonsAre() {
        String reason = "x".repeat(900_000);
        JobId first = JobId.random();
        reasons.add(first, reason);
        JobId last = first;
        for (int i = 0; i < 1_100; i++) {
            last = JobId.random();
            reasons.add(last, reason);
        }

        assertThat(reasons.of(first)).isEmpty();
        assertThat(reasons.of(last)).hasValueSatisfying(text -> assertThat(text).hasSize(100));
        assertThat(reasons.count()).isBetween(100, (int) (MAX_BYTES / 100));
    }

    @Test
    void shouldRememberTheJobsAtWork_whateverElseComes() {
        JobId before = JobId.random();
        JobId during = JobId.random();
        reasons.add(before, "early");
        reasons.begin(before);
        reasons.begin(during);
        reasons.add(during, "late");
        reasons.add(during, "twice");
        for (int i = 0; i < 1_100; i++) {
            reasons.add(JobId.random(), "flood");
        }

        assertThat(reasons.of(before)).contains("early");
        assertThat(reasons.of(during)).contains("late");
        reasons.end(during);
        assertThat(reasons.of(during)).isEmpty();
    }
}
