package dev.galatea.jobtracking.topology;

import java.util.List;
import java.util.Optional;

import dev.galatea.jobtracking.topology.EventForwarder.OutgoingRecord;
import dev.galatea.model.pipeline.Pipeline;

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
        if (isStored(cause) && causeBytes > MAX_STORED_BYTES) {
            return Optional.of(tooLong(cause, causeBytes));
        }
        return outputs.stream()
                .filter(output ->
                        lengthOf(output) > MAX_STORED_BYTES || forwarder.isTooLong(output.record(), output.topic()))
                .map(output -> tooLong(output.topic(), lengthOf(output)))
                .findFirst();
    }

    /** Says whether events of a topic are kept in a store: those that go to a stage, of whatever pool. */
    private static boolean isStored(String topic) {
        return Pipeline.current().stageTaking(topic).isPresent();
    }

    private static int lengthOf(OutgoingRecord output) {
        return output.record().value().length;
    }

    private static String tooLong(String topic, int bytes) {
        return "what follows from it can't be written: an event of " + topic + " would have " + bytes
                + " bytes; valid are up to " + MAX_STORED_BYTES + ", and what the topic takes";
    }
}
