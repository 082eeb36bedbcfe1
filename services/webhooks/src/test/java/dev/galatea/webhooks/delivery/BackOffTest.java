package dev.galatea.webhooks.delivery;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

class BackOffTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    /** No spread: chance in the middle. */
    private final BackOff backOff =
            new BackOff(Duration.ofSeconds(5), Duration.ofHours(4), Duration.ofHours(72), () -> 0.5);

    @Test
    void shouldDoubleThePause_upToTheLongest() {
        assertThat(backOff.next(after(1), failed(Duration.ZERO), NOON)).contains(NOON.plusSeconds(5));
        assertThat(backOff.next(after(2), failed(Duration.ZERO), NOON)).contains(NOON.plusSeconds(10));
        assertThat(backOff.next(after(10), failed(Duration.ZERO), NOON)).contains(NOON.plusSeconds(2560));
        assertThat(backOff.next(after(13), failed(Duration.ZERO), NOON)).contains(NOON.plus(Duration.ofHours(4)));
        assertThat(backOff.next(after(10_000), failed(Duration.ZERO), NOON)).contains(NOON.plus(Duration.ofHours(4)));
    }

    @Test
    void shouldSpreadByAFifth() {
        BackOff early = new BackOff(Duration.ofSeconds(5), Duration.ofHours(4), Duration.ofHours(72), () -> 0);
        BackOff late = new BackOff(Duration.ofSeconds(5), Duration.ofHours(4), Duration.ofHours(72), () -> 1);

        assertThat(early.next(after(1), failed(Duration.ZERO), NOON)).contains(NOON.plusSeconds(4));
        assertThat(late.next(after(1), failed(Duration.ZERO), NOON)).contains(NOON.plusSeconds(6));
    }

    @Test
    void shouldWaitAsLongAsAsked_butNotLongerThanTheLongest() {
        assertThat(backOff.next(after(1), failed(Duration.ofMinutes(2)), NOON)).contains(NOON.plusSeconds(120));
        assertThat(backOff.next(after(1), failed(Duration.ofDays(9)), NOON)).contains(NOON.plus(Duration.ofHours(4)));
    }

    @Test
    void shouldGiveUp_whenTheTimeIsOverOrTheReceiverIsGone() {
        Instant late = NOON.plus(Duration.ofHours(72)).minusSeconds(4);

        assertThat(backOff.next(after(1), failed(Duration.ZERO), late)).isEmpty();
        assertThat(backOff.next(
                        after(1), new Attempt.Failed(NOON, Duration.ZERO, 410, "gone", Duration.ZERO, true), NOON))
                .isEmpty();
    }

    private static Delivery after(int attempts) {
        return new Delivery("studio", JobId.random(), "evt_1", "video.failed", "{}", NOON, attempts);
    }

    private static Attempt.Failed failed(Duration pause) {
        return new Attempt.Failed(NOON, Duration.ZERO, 503, "http_status", pause, false);
    }
}
