package dev.galatea.jobtracking.topology;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.galatea.jobtracking.topology.EventForwarder.OutgoingRecord;
import dev.galatea.model.event.EventType;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Finds what can't be written before any of it is: a record that the broker refuses, in an output topic or a changelog,
 * would end the stream thread, and the one that replaces it, and so on. Thread-safe.
 */
final class WriteLimits {

    /**
     * The longest value in a store. Brokers take records of up to 1 MiB in changelogs unless they are configured
     * otherwise, with key and frame, and {@link dev.galatea.model.event.EventCodec} reads no longer values again.
     */
    static final int MAX_STORED_BYTES = 960 * 1024;

    /** The topics of events that are kept in a store. */
    private static final Set<String> STORED = Pipeline.current().stages().stream()
            .map(StageDefinition::input)
            .map(EventType::topic)
            .collect(Collectors.toSet());

    private final EventForwarder forwarder;

    WriteLimits(EventForwarder forwarder) {
        this.forwarder = forwarder;
    }

    /**
     * Says what is too long, if anything is.
     *
     * @param cause topic of the event that the outputs follow from
     * @param causeBytes length of its payload
     */
    Optional<String> problem(String cause, int causeBytes, List<OutgoingRecord> outputs) {
        if (STORED.contains(cause) && causeBytes > MAX_STORED_BYTES) {
            return Optional.of(tooLong(cause, causeBytes));
        }
        return outputs.stream()
                .filter(output ->
                        lengthOf(output) > MAX_STORED_BYTES || forwarder.isTooLong(output.record(), output.topic()))
                .map(output -> tooLong(output.topic(), lengthOf(output)))
                .findFirst();
    }

    private static int lengthOf(OutgoingRecord output) {
        return output.record().value().length;
    }

    private static String tooLong(String topic, int bytes) {
        return "what follows from it can't be written: an event of " + topic + " would have " + bytes
                + " bytes; valid are up to " + MAX_STORED_BYTES + ", and what the topic takes";
    }
}
