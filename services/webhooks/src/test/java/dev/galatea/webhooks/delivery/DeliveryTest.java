package dev.galatea.webhooks.delivery;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.webhooks.Finished;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void shouldCountFromTheEndOfTheJob() {
        assertThat(endedAt(NOW.minusSeconds(60))).isEqualTo(NOW.minusSeconds(60));
    }

    @Test
    void shouldCountFromNow_whenTheJobEndsInTheFuture() {
        Instant endedAt = endedAt(Instant.parse("9999-01-01T00:00:00Z"));

        assertThat(endedAt).isEqualTo(NOW);
        BackOff backOff = new BackOff(Duration.ofSeconds(5), Duration.ofHours(4), Duration.ofHours(72));
        assertThat(backOff.isOver(endedAt, NOW.plus(Duration.ofHours(73)))).isTrue();
    }

    private static Instant endedAt(Instant finishedAt) {
        VideoFinished finished =
                (VideoFinished) Finished.completed(JobId.random(), finishedAt).event();
        return Delivery.of(finished, "primary", NOW).endedAt();
    }
}
