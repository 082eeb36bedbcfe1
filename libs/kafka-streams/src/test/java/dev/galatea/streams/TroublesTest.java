package dev.galatea.streams;

import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.Set;

import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

import dev.galatea.streams.StreamsApplication.Recovery;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever keeps an application from its work is told within three minutes. */
class TroublesTest {

    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private final Troubles troubles = new Troubles(
            new StreamsApplication(
                    "tracking",
                    Topology::new,
                    new Properties(),
                    Set.of(),
                    Duration.ofSeconds(30),
                    Recovery.REPLACE_THREAD),
            () -> now);

    @Test
    void shouldTellOfAnInstance_thatDoesNotComeToItsWork() {
        troubles.running(false);
        pass(Duration.ofSeconds(119));
        troubles.running(false);
        assertThat(troubles.reason()).isEmpty();

        pass(Duration.ofSeconds(2));
        assertThat(troubles.reason()).hasValueSatisfying(why -> assertThat(why)
                .startsWith("has shared out its partitions or filled its stores since 2026-01-01T12:00:00Z"));

        troubles.running(true);
        assertThat(troubles.reason()).isEmpty();
    }

    @Test
    void shouldTellAtOnce_ofTopicsThatAreNotAsTheyMustBe() {
        troubles.failed(new TopicsUnfitException("topics must have equal numbers of partitions"));
        assertThat(troubles.reason()).hasValueSatisfying(why -> assertThat(why)
                .startsWith("topics must have equal numbers of partitions; ")
                .contains("docs/operations.md"));

        troubles.running(true);
        troubles.failed(new StreamsException(
                new StreamsException("Existing internal topic t-changelog has invalid partitions: expected: 3")));
        assertThat(troubles.reason()).hasValueSatisfying(why -> assertThat(why)
                .startsWith("the changelog topics of tracking have other numbers of partitions"));
    }

    @Test
    void shouldTellOfFailuresThatComeAgain_withTheirClassOnly() {
        troubles.running(true);
        for (int i = 0; i < 5; i++) {
            troubles.failed(new IllegalStateException("a text that may hold anything"));
            pass(Duration.ofSeconds(31));
        }

        assertThat(troubles.reason()).contains("fails again and again with IllegalStateException; the log says more");
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
