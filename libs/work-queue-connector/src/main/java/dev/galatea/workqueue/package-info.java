/**
 * A SmallRye Reactive Messaging connector for work queues on Kafka: minutes of work per record, in no order, more
 * workers than partitions. Share groups (KIP-932) do this; a classic consumer group is the fallback for brokers before
 * 4.2.
 *
 * @see dev.galatea.workqueue.WorkQueueConnector
 */
@NullMarked
package dev.galatea.workqueue;

import org.jspecify.annotations.NullMarked;
