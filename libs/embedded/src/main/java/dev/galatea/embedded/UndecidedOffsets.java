package dev.galatea.embedded;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds groups whose offsets the broker takes for undecided. After a kill Kafka's group coordinator may read the log of
 * offsets up to a transaction's end and miss the marker that is written meanwhile: the log is decided, and the
 * coordinator's memory is not, until it reads the log again. Who asks for stable offsets (KIP-447), as Kafka Streams
 * does before it begins, then waits for ever. Not thread-safe.
 */
final class UndecidedOffsets {

    /** Far longer than a transaction of ours stays open. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Admin admin;

    UndecidedOffsets(Admin admin) {
        this.admin = admin;
    }

    /** The groups some of whose offsets stay undecided. */
    Set<String> groups() throws InterruptedException, ExecutionException {
        Set<String> undecided = new TreeSet<>();
        for (GroupListing group :
                admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get()) {
            undecided.add(group.groupId());
        }
        long begin = System.nanoTime();
        while (true) {
            for (String group : Set.copyOf(undecided)) {
                if (offsets(group, true).containsAll(offsets(group, false))) {
                    undecided.remove(group);
                }
            }
            if (undecided.isEmpty() || System.nanoTime() - begin > PATIENCE.toNanos()) {
                return undecided;
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    /** The partitions of which a group has offsets; without the undecided ones if they are to be stable. */
    private Set<TopicPartition> offsets(String group, boolean stable) throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(group, new ListConsumerGroupOffsetsOptions().requireStable(stable))
                .partitionsToOffsetAndMetadata()
                .get()
                .keySet();
    }
}
