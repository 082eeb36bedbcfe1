package dev.galatea.events;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatedFailuresTest {

    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private final RepeatedFailures failures = new RepeatedFailures(Duration.ofSeconds(30), () -> now);
    private final Throwable reason = new IllegalStateException("the broker is away");

    @Test
    void shouldDoublePausesUpToTheLongest_whileFailuresFollowEachOther() {
        assertThat(failures.next(reason)).isEqualTo(Duration.ofMillis(100));
        assertThat(failures.next(reason)).isEqualTo(Duration.ofMillis(200));
        assertThat(failures.next(reason)).isEqualTo(Duration.ofMillis(400));
        for (int i = 0; i < 100; i++) {
            assertThat(failures.next(reason)).isBetween(Duration.ofMillis(800), Duration.ofSeconds(30));
        }
        assertThat(failures.next(reason)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void shouldBeginAnew_afterQuietMinutes() {
        failures.next(reason);
        failures.next(reason);
        pass(RepeatedFailures.QUIET.plusMillis(1));
        assertThat(failures.next(reason)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void shouldTellOfFailuresThatDontEnd_withinThreeMinutes() {
        assertThat(failures.persistent()).isNull();
        for (int i = 0; i < 5; i++) {
            failures.next(reason);
            pass(Duration.ofSeconds(31));
        }
        assertThat(failures.persistent()).isSameAs(reason);
    }

    @Test
    void shouldNotTell_ofOneFailure_orOnceItIsOver() {
        failures.next(reason);
        pass(Duration.ofSeconds(90));
        assertThat(failures.persistent()).as("one, a while ago").isNull();
        failures.next(reason);
        assertThat(failures.persistent()).isSameAs(reason);
        pass(RepeatedFailures.QUIET.plusMillis(1));
        assertThat(failures.persistent()).isNull();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
