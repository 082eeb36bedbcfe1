package dev.galatea.stage;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import dev.galatea.events.EventPublisher;
import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;

/** A publisher whose broker takes everything, but no report that these jobs failed. */
@Alternative
@Priority(1)
@Singleton
class RefusingPublisher implements EventPublisher {

    final Set<JobId> refused = ConcurrentHashMap.newKeySet();
    final Set<JobId> asked = ConcurrentHashMap.newKeySet();
    private final KafkaEventPublisher publisher;

    @Inject
    RefusingPublisher(KafkaEventPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public void publish(CloudEvent event) throws RetryableException {
        if (event.event() instanceof Progress progress && progress.detail() instanceof ProgressDetail.Failed) {
            asked.add(progress.jobId());
            if (refused.contains(progress.jobId())) {
                throw new RetryableException("broker_unavailable", "the report is refused");
            }
        }
        publisher.publish(event);
    }

    @Override
    public CompletionStage<Void> publishAsync(CloudEvent event) {
        return publisher.publishAsync(event);
    }
}
