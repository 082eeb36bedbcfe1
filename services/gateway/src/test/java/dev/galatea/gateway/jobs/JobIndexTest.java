package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.gateway.Fixtures;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Readers of a list go on where their last page ended, whatever became of the job that it ended with. */
class JobIndexTest {

    private static final int JOBS = 6;

    private final KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore("jobs"), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    @BeforeEach
    void open() {
        store.init(new MockProcessorContext<Void, Void>().getStateStoreContext(), store);
    }

    static List<Supplier<JobId>> versions() {
        return List.of(
                JobId::random,
                () -> new JobId(UUID.randomUUID()),
                () -> new JobId(UUID.nameUUIDFromBytes(new byte[] {
                    (byte) System.nanoTime(), (byte) (System.nanoTime() >> 8), (byte) (System.nanoTime() >> 16)
                })));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldGoOnFromTheCursorsPlace_whenItWasDeleted(Supplier<JobId> ids) {
        List<String> jobs = put(ids);
        for (int cursor = 0; cursor < JOBS; cursor++) {
            JobIndex.remove(store, jobs.get(cursor), Optional.empty(), Instant.now());
            JobId after = JobId.parse(jobs.get(cursor));

            assertThat(JobIndex.ids(store, null, after, new JobIndex.Page(100, false)))
                    .isEqualTo(jobs.subList(cursor + 1, JOBS));
            assertThat(JobIndex.ids(store, VideoStatus.QUEUED, after, new JobIndex.Page(100, false)))
                    .isEqualTo(jobs.subList(cursor + 1, JOBS));
            assertThat(JobIndex.ids(store, null, after, new JobIndex.Page(100, true)))
                    .isEmpty();
        }
    }

    @Test
    void shouldTakeThePlaceFromTheTombstone_whenTheStateWasNeverSeen() {
        List<String> jobs = put(() -> new JobId(UUID.randomUUID()));
        JobId gone = new JobId(UUID.randomUUID());
        JobIndex.remove(store, gone.toString(), Optional.of(Fixtures.NOON.plusMillis(2_500)), Instant.now());

        assertThat(JobIndex.ids(store, null, gone, new JobIndex.Page(100, false)))
                .isEqualTo(jobs.subList(3, JOBS));
    }

    @Test
    void shouldSaySo_whenThePlaceIsNotKnown() {
        put(JobId::random);
        JobId unknown = new JobId(UUID.randomUUID());

        assertThatThrownBy(() -> JobIndex.ids(store, null, unknown, new JobIndex.Page(100, true)))
                .isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void shouldForgetPlaces_afterADay() {
        List<String> jobs = put(() -> new JobId(UUID.randomUUID()));
        Instant then = Fixtures.NOON;
        JobIndex.remove(store, jobs.get(0), Optional.empty(), then);
        JobIndex.remove(store, jobs.get(1), Optional.empty(), then.plus(Duration.ofHours(25)));

        JobIndex.Page page = new JobIndex.Page(100, false);
        assertThatThrownBy(() -> JobIndex.ids(store, null, JobId.parse(jobs.get(0)), page))
                .isInstanceOf(NoSuchElementException.class);
        assertThat(JobIndex.ids(store, null, JobId.parse(jobs.get(1)), page)).hasSize(JOBS - 2);
    }

    private List<String> put(Supplier<JobId> ids) {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            JobId id = ids.get();
            Instant submitted = Fixtures.NOON.plusSeconds(i);
            JobIndex.put(
                    store, Fixtures.state(id, JobStatus.QUEUED).with(next -> next.submittedAt(submitted)), new byte[] {1
                    });
            jobs.add(id.toString());
        }
        return jobs;
    }
}
