package dev.galatea.jobtracking.topology;

import java.time.Duration;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.ShutdownEvent;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.jboss.logging.Logger;

/**
 * Closes the stream before the extension does, and leaves its group. Kafka Streams stays a member otherwise, so that who
 * comes next, be it this process started again, gets nothing to do until the broker believes that the member is dead.
 */
@ApplicationScoped
class GroupLeaver {

    private static final Logger LOG = Logger.getLogger(GroupLeaver.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    void stop(@Observes @Priority(1) ShutdownEvent event, KafkaStreams streams) {
        CloseOptions options = CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(TIMEOUT);
        if (!streams.close(options)) {
            LOG.warnf("the stream did not close in time seconds=%d", TIMEOUT.toSeconds());
        }
    }
}
