package dev.galatea.stage;

import java.util.List;
import java.util.concurrent.CompletionStage;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.reactive.messaging.PublisherDecorator;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.workqueue.WorkQueueConnector;
import dev.galatea.workqueue.WorkQueueMetadata;

/**
 * Prepares what comes to stages through the work queue: decodes the event, refuses what is malformed, checks that the
 * job is wanted, reports that the stage started, and finished when the output is published. Thread-safe.
 */
@ApplicationScoped
class StageInput implements PublisherDecorator {

    private static final Logger LOG = Logger.getLogger(StageInput.class);

    private final StageRuns runs;
    private final Config config;

    @Inject
    StageInput(StageRuns runs, Config config) {
        this.runs = runs;
        this.config = config;
    }

    @Override
    public Multi<? extends Message<?>> decorate(
            Multi<? extends Message<?>> messages, List<String> channels, boolean isConnector) {
        if (!isConnector || channels.stream().noneMatch(this::isQueue)) {
            return messages;
        }
        runs.prepare();
        return messages.onItem().transformToUniAndConcatenate(this::prepare);
    }

    private boolean isQueue(String channel) {
        return config.getOptionalValue("mp.messaging.incoming." + channel + ".connector", String.class)
                .filter(WorkQueueConnector.NAME::equals)
                .isPresent();
    }

    /** Prepares the run on a worker thread, because reporting may wait for the broker. */
    private Uni<Message<?>> prepare(Message<?> message) {
        return Uni.createFrom()
                .<Message<?>>item(() -> begin(message))
                .runSubscriptionOn(Infrastructure.getDefaultExecutor());
    }

    /** The message for the stage's method; null if it is settled already. */
    private @Nullable Message<?> begin(Message<?> message) {
        WorkQueueMetadata record = message.getMetadata(WorkQueueMetadata.class).orElseThrow();
        StageRun run = runs.begin(record);
        Message<?> tracked = message.withNackWithMetadata(
                (reason, metadata) -> message.nack(new FailedRunException(run, reason), metadata));
        try {
            Event event = read(run, record);
            run.requireWanted();
            run.started();
            return tracked.withPayload(event)
                    .addMetadata(run)
                    .withAckWithMetadata(metadata -> finish(run, message, metadata));
        } catch (Exception e) {
            // Not waited for: the next message may come meanwhile.
            Uni.createFrom()
                    .completionStage(() -> tracked.nack(e))
                    .subscribe()
                    .with(
                            done -> LOG.tracef("settled without work record=%s", record),
                            failure -> LOG.warnf(failure, "not settled, it will be delivered again record=%s", record));
            return null;
        }
    }

    private static Event read(StageRun run, WorkQueueMetadata record) throws PoisonException {
        try {
            return EventCodec.read(run.definition().input().record(), record.key(), record.value(), record.headers());
        } catch (MalformedEventException e) {
            throw new PoisonException(e.reason().wireName(), String.valueOf(e.getMessage()), e);
        }
    }

    private static CompletionStage<Void> finish(StageRun run, Message<?> input, Metadata metadata) {
        return Uni.createFrom()
                .voidItem()
                .invoke(run::finished)
                .runSubscriptionOn(Infrastructure.getDefaultExecutor())
                .chain(() -> Uni.createFrom().completionStage(() -> input.ack(metadata)))
                .onTermination()
                .invoke(run::end)
                .subscribeAsCompletionStage();
    }
}
