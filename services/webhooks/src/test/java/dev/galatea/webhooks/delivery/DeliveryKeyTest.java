package dev.galatea.webhooks.delivery;

import java.time.Instant;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveryKeyTest {

    @Test
    void shouldFindWhatIsDue_ofOneEndpointAlone() {
        Instant now = Instant.parse("2026-01-01T12:00:00Z");
        TreeSet<String> keys = new TreeSet<>();
        for (String endpoint : new String[] {"a", "a-b", "aa", "b"}) {
            keys.add(DeliveryKey.of(endpoint, now.plusMillis(1), JobId.random()));
            keys.add(DeliveryKey.of(endpoint, now, JobId.random()));
            keys.add(DeliveryKey.of(endpoint, now.minusSeconds(9), JobId.random()));
        }

        var due = keys.subSet(DeliveryKey.first("a"), true, DeliveryKey.after("a", now.toEpochMilli()), true);

        assertThat(due).hasSize(2).allMatch(key -> DeliveryKey.endpointOf(key).equals("a"));
        assertThat(due)
                .first()
                .asString()
                .contains(Long.toString(now.minusSeconds(9).toEpochMilli()));
    }
}
