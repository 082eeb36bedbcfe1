package dev.galatea.streams;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClockWatchTest {

    private final AtomicLong nanos = new AtomicLong(7);
    private final SettableClock clock = new SettableClock();
    private final ClockWatch watch = new ClockWatch(clock, nanos::get);

    @Test
    void shouldNoticeThatTheClockWasSetBack_once() {
        pass(Duration.ofSeconds(30), Duration.ofSeconds(30));
        assertThat(watch.wasSetBack()).isFalse();

        pass(Duration.ofSeconds(30), Duration.ofHours(-1));
        assertThat(watch.wasSetBack()).isTrue();

        pass(Duration.ofSeconds(30), Duration.ofSeconds(30));
        assertThat(watch.wasSetBack()).isFalse();
    }

    @Test
    void shouldNotMindCorrections_norAClockThatJumpsAhead() {
        pass(Duration.ofSeconds(30), Duration.ofSeconds(1));
        assertThat(watch.wasSetBack()).isFalse();
        pass(Duration.ofSeconds(30), Duration.ofHours(9));
        assertThat(watch.wasSetBack()).isFalse();
    }

    private void pass(Duration time, Duration onTheClock) {
        nanos.addAndGet(time.toNanos());
        clock.move(onTheClock);
    }
}
