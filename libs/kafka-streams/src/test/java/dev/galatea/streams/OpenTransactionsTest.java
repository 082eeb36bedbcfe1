package dev.galatea.streams;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OpenTransactionsTest {

    private static final TopicPartition PROMPTS = new TopicPartition("video.prompt.submitted.v1", 1);

    private final AtomicLong nanos = new AtomicLong(7);
    private final OpenTransactions transactions = new OpenTransactions(nanos::get);

    @Test
    void shouldNameAPartition_thatStandsStill() {
        assertThat(after(Duration.ZERO, 10, 11)).isEmpty();
        assertThat(after(Duration.ofSeconds(70), 10, 40)).isEmpty();
        assertThat(after(Duration.ofSeconds(10), 10, 55)).hasValueSatisfying(words -> assertThat(words)
                .startsWith("a transaction is open in video.prompt.submitted.v1-1 since offset 10; ")
                .contains("docs/operations.md"));

        assertThat(after(Duration.ofSeconds(30), 55, 55)).isEmpty();
    }

    @Test
    void shouldNotMindTransactions_thatEndInTime() {
        for (int offset = 0; offset < 20; offset++) {
            assertThat(after(Duration.ofSeconds(30), offset, 100)).isEmpty();
        }
    }

    @Test
    void shouldNotMindAPartition_thatNobodyWritesTo() {
        assertThat(after(Duration.ZERO, 10, 10)).isEmpty();
        assertThat(after(Duration.ofHours(1), 10, 10)).isEmpty();
    }

    private Optional<String> after(Duration time, long stable, long end) {
        nanos.addAndGet(time.toNanos());
        return transactions.stuck(Map.of(PROMPTS, stable), Map.of(PROMPTS, end));
    }
}
