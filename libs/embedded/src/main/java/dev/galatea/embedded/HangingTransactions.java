package dev.galatea.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.internals.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions that a broker forgot. Killed between the decision on a transaction and its markers, a broker writes
 * the markers at its next start; but Kafka 4.3 leaves out partitions that have no leader at that moment, as all of a
 * single broker's while it registers again. What was written there stays undecided for ever, and so do the offsets of a
 * group: Kafka Streams waits for them and never starts. KIP-664 calls such transactions hanging, and its tool aborts
 * them as this does.
 */
final class HangingTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(HangingTransactions.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofMinutes(1);

    /** Between the end that a coordinator notes and what is found in the partitions there is a moment. */
    private static final Duration ENDED_FOR = Duration.ofSeconds(10);

    /** A coordinator that has yet to read its log knows nothing, and then commits what was decided. */
    private static final Duration UNKNOWN_FOR = Duration.ofMinutes(1);

    /** Those that the coordinator has yet to end. */
    private static final Set<TransactionState> UNDER_WAY = Set.of(
            TransactionState.ONGOING,
            TransactionState.PREPARE_COMMIT,
            TransactionState.PREPARE_ABORT,
            TransactionState.PREPARE_EPOCH_FENCE,
            TransactionState.UNKNOWN);

    private final Admin admin;
    private final Runnable restart;

    private HangingTransactions(Admin admin, Runnable restart) {
        this.admin = admin;
        this.restart = restart;
    }

    /** A transaction that was open in a partition when the broker started. */
    private record Open(TopicPartition partition, long producerId, short epoch, int coordinatorEpoch, long start) {}

    /**
     * Aborts, in the background, those among the transactions open now that the coordinator does not know as open, once
     * it has ended all others, however long it takes for that. Then restarts the broker if it takes offsets for
     * undecided all the same, which only reading them anew puts right.
     *
     * @param restart restarts the broker on the same ports
     * @return the thread that does it, to be interrupted when the broker is closed
     */
    static Thread end(String bootstrapServers, Runnable restart) {
        Thread thread = new Thread(() -> endNow(bootstrapServers, restart), "hanging-transactions");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void endNow(String bootstrapServers, Runnable restart) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            HangingTransactions transactions = new HangingTransactions(admin, restart);
            while (!transactions.settled()) {
                Thread.sleep(PAUSE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | KafkaException e) {
            LOG.warn("transactions that may hang since the broker was killed could not be looked for", e);
        }
    }

    /** False if the broker does not answer yet; on a busy machine its coordinators read their logs for minutes. */
    private boolean settled() throws InterruptedException, ExecutionException {
        try {
            end();
            settleOffsets();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw e;
        }
    }

    private void end() throws InterruptedException, ExecutionException {
        List<Open> left = open();
        Map<Open, Long> ended = new HashMap<>();
        long told = System.nanoTime();
        while (!left.isEmpty()) {
            Map<Long, TransactionState> known = known(left);
            for (Open one : left) {
                TransactionState state = known.get(one.producerId());
                if (state != null && UNDER_WAY.contains(state)) {
                    ended.remove(one);
                    continue;
                }
                Duration patience = state == null ? UNKNOWN_FOR : ENDED_FOR;
                long since = ended.computeIfAbsent(one, first -> System.nanoTime());
                if (System.nanoTime() - since > patience.toNanos()) {
                    abort(one);
                }
            }
            if (System.nanoTime() - told > LONG.toNanos()) {
                LOG.warn(
                        "transactions are undecided since the broker was killed, and hold up who reads them: {}",
                        left.stream()
                                .map(one -> one.partition() + " " + known.get(one.producerId()))
                                .collect(Collectors.joining(", ")));
                told = System.nanoTime();
            }
            Thread.sleep(PAUSE.toMillis());
            left.retainAll(open());
        }
    }

    private void settleOffsets() throws InterruptedException, ExecutionException {
        UndecidedOffsets offsets = new UndecidedOffsets(admin);
        for (Set<String> groups = offsets.groups(); !groups.isEmpty(); groups = offsets.groups()) {
            boolean isUnderWay =
                    open().stream().anyMatch(one -> one.partition().topic().equals(Topic.GROUP_METADATA_TOPIC_NAME));
            if (!isUnderWay) {
                LOG.warn(
                        "the broker takes offsets for undecided since it was killed, and is restarted groups={}",
                        groups);
                restart.run();
                return;
            }
        }
    }

    private List<Open> open() throws InterruptedException, ExecutionException {
        Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        List<TopicPartition> partitions = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
        List<Open> open = new ArrayList<>();
        for (Map.Entry<TopicPartition, PartitionProducerState> partition :
                admin.describeProducers(partitions).all().get().entrySet()) {
            for (ProducerState producer : partition.getValue().activeProducers()) {
                producer.currentTransactionStartOffset()
                        .ifPresent(start -> open.add(new Open(
                                partition.getKey(),
                                producer.producerId(),
                                (short) producer.producerEpoch(),
                                producer.coordinatorEpoch().orElse(0),
                                start)));
            }
        }
        return open;
    }

    private Map<Long, TransactionState> known(List<Open> open) throws InterruptedException, ExecutionException {
        Set<Long> producers = open.stream().map(Open::producerId).collect(Collectors.toSet());
        Map<Long, TransactionState> known = new HashMap<>();
        for (TransactionListing listing : admin.listTransactions(
                        new ListTransactionsOptions().filterProducerIds(producers))
                .all()
                .get()) {
            known.put(listing.producerId(), listing.state());
        }
        return known;
    }

    private void abort(Open one) throws InterruptedException, ExecutionException {
        try {
            admin.abortTransaction(new AbortTransactionSpec(
                            one.partition(), one.producerId(), one.epoch(), one.coordinatorEpoch()))
                    .all()
                    .get();
            LOG.warn("ended a transaction that was hanging since the broker was killed partition={}", one.partition());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof InvalidProducerEpochException)) {
                throw e;
            }
            // The coordinator has ended it since the look: a marker raises the epoch (KIP-890).
        }
    }
}
