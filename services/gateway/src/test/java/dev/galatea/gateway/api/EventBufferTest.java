package dev.galatea.gateway.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import org.junit.jupiter.api.Test;

import dev.galatea.gateway.Fixtures;
import dev.galatea.gateway.jobs.ProgressEntry;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

class EventBufferTest {

    private static final int CAPACITY = 8;

    private final EventBuffer buffer = new EventBuffer(CAPACITY);
    private final JobId job = JobId.random();

    @Test
    void shouldGiveItemsInTheirOrder() {
        List<StreamItem> items = List.of(report(job, 1), changed(job, JobStatus.RUNNING), report(job, 2));
        items.forEach(buffer::add);

        assertThat(takeAll()).isEqualTo(items);
    }

    @Test
    void shouldGiveAnItemToWhoeverWaits() {
        UniAssertSubscriber<StreamItem> taker = buffer.next().subscribe().withSubscriber(UniAssertSubscriber.create());
        taker.assertNotTerminated();

        buffer.add(report(job, 1));

        taker.assertItem(report(job, 1));
        assertThat(buffer.size()).isZero();
    }

    @Test
    void shouldKeepTheNewestReport_whenTheReaderIsSlow() {
        for (int step = 1; step <= 100; step++) {
            buffer.add(report(job, step));
            assertThat(buffer.size()).isLessThanOrEqualTo(CAPACITY);
        }

        assertThat(takeAll()).endsWith(report(job, 100));
    }

    @Test
    void shouldKeepEveryEnd_whenReportsAndStatesFillIt() {
        List<JobId> done = new ArrayList<>();
        for (int i = 0; i < CAPACITY - 2; i++) {
            JobId other = JobId.random();
            done.add(other);
            buffer.add(changed(other, JobStatus.RUNNING));
            for (int step = 1; step < 10; step++) {
                buffer.add(report(other, step));
            }
            buffer.add(changed(other, JobStatus.COMPLETED));
        }
        for (int i = 0; i < 100; i++) {
            buffer.add(changed(JobId.random(), JobStatus.QUEUED));
        }

        List<StreamItem> left = takeAll();

        assertThat(left)
                .containsSubsequence(done.stream()
                        .map(other -> changed(other, JobStatus.COMPLETED))
                        .toList());
    }

    @Test
    void shouldEndTheStream_whenNothingButEndsWouldHaveToBeDropped() {
        for (int i = 0; i <= CAPACITY; i++) {
            buffer.add(changed(JobId.random(), JobStatus.COMPLETED));
        }
        buffer.add(report(job, 1));

        assertThat(takeAll()).containsExactly(new StreamItem.End());
    }

    private List<StreamItem> takeAll() {
        List<StreamItem> all = new ArrayList<>();
        while (buffer.size() > 0) {
            all.add(buffer.next().await().indefinitely());
        }
        return all;
    }

    private static StreamItem changed(JobId job, JobStatus status) {
        return new StreamItem.Changed(Fixtures.state(job, status));
    }

    private static StreamItem report(JobId job, int step) {
        Progress progress = new Progress(job, Stage.DENOISING, Instant.EPOCH, "w", new ProgressDetail.Step(step, 100));
        return new StreamItem.Reported(new ProgressEntry(0, step, progress));
    }
}
