/**
 * Work queues on Kafka share groups (KIP-932): minutes of work per record, in no order, more workers than partitions. A
 * classic consumer group is the fallback for brokers before 4.2.
 */
@NullMarked
package dev.galatea.stage.queue;

import org.jspecify.annotations.NullMarked;
