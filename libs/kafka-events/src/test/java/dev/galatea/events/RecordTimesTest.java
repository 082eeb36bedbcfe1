package dev.galatea.events;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.event.EventType;

import static org.assertj.core.api.Assertions.assertThat;

class RecordTimesTest {

    private static final long NOW = Instant.parse("2026-11-30T12:00:00Z").toEpochMilli();

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 4_102_444_800_000L, Long.MAX_VALUE})
    void shouldTakeTheTimeOfReading_forWhatCanNotBe(long timestamp) {
        assertThat(RecordTimes.believable(timestamp, NOW)).isEqualTo(NOW);
    }

    /** Of a week at most, after which the broker removes records; other topics keep the latest of each job. */
    @Test
    void shouldBelieveEveryRecord_thatATopicStillHas() {
        for (EventType type : EventType.values()) {
            long oldest = NOW - type.retention().time().orElse(Duration.ZERO).toMillis();

            assertThat(RecordTimes.believable(oldest, NOW)).as(type.topic()).isEqualTo(oldest);
        }
        assertThat(RecordTimes.believable(NOW + 1, NOW)).isEqualTo(NOW + 1);
    }
}
