package dev.galatea.stage;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.SubscriberDecorator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Message;

import dev.galatea.events.Tracing;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;
import dev.galatea.model.pipeline.Pipeline;

/**
 * Makes records of what stages give: CloudEvents with an id that is the same for every attempt, on the topic of their
 * type or, if a job passes an optional stage next, of its request, for the pool that the job's spec names, in the trace
 * of the run. The input is acknowledged when the broker has the record. Thread-safe.
 */
@ApplicationScoped
class StageOutput implements SubscriberDecorator {

    private final Tracing tracing;
    private final Timer acknowledgements;

    @Inject
    StageOutput(Tracing tracing, MeterRegistry meters) {
        this.tracing = tracing;
        acknowledgements = Timer.builder("galatea.event.publish")
                .description("Time that a caller waited for the broker to have an event")
                .register(meters);
    }

    @Override
    public Multi<? extends Message<?>> decorate(
            Multi<? extends Message<?>> messages, List<String> channels, boolean isConnector) {
        return isConnector ? messages.onItem().transformToUniAndConcatenate(this::toRecord) : messages;
    }

    private Uni<Message<?>> toRecord(Message<?> message) {
        StageRun run = message.getMetadata(StageRun.class).orElse(null);
        if (run == null || !(message.getPayload() instanceof StageEvent event)) {
            return Uni.createFrom().item(message);
        }
        try {
            long start = System.nanoTime();
            return Uni.createFrom().item(message.withPayload(record(run, event)).withAckWithMetadata(metadata -> {
                acknowledgements.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
                return message.ack(metadata);
            }));
        } catch (RuntimeException e) {
            return Uni.createFrom()
                    .completionStage(() -> message.nack(e))
                    .onItemOrFailure()
                    .transformToUni((nothing, failure) -> Uni.createFrom().nullItem());
        }
    }

    private ProducerRecord<byte[], byte[]> record(StageRun run, StageEvent made) {
        Stage stage = run.definition().stage();
        StageEvent event = Pipeline.current().route(stage, made);
        CloudEvent output = new CloudEvent(
                EventIds.of(event.jobId(), EventType.of(event)), "/services/" + stage.wireName(), Instant.now(), event);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Pipeline.current().topicOf(event), output.key(), output.payload());
        output.headers().forEach((name, value) -> record.headers().add(name, value));
        tracing.inject(record.headers(), run.trace());
        return record;
    }
}
