package dev.galatea.gateway.jobs;

import java.time.Duration;

import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.Test;

import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Questions while the states are read, as after each start: the service has no defect, and says so by the type. */
class JobsUnavailableTest {

    private final Jobs jobs = new Jobs(
            new RecentSubmissions(), Runnable::run, Runnable::run, Duration.ofDays(1), watcher -> new Reading());

    @Test
    void shouldSayThatItIsTooEarly() {
        assertThatThrownBy(() -> jobs.find(JobId.random()).await().indefinitely())
                .isInstanceOf(JobsUnavailableException.class);
        assertThatThrownBy(() -> jobs.list(null, null, 1, true).await().indefinitely())
                .isInstanceOf(JobsUnavailableException.class);
    }

    private static final class Reading implements JobStore {

        @Override
        public void start() {}

        @Override
        public ReadOnlyKeyValueStore<String, byte[]> open() {
            throw new InvalidStateStoreException("not yet");
        }

        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public void close() {}
    }
}
