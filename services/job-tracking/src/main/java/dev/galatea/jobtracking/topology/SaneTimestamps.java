package dev.galatea.jobtracking.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/** Record timestamps, but never a negative one or one from the future, which whoever submits could set. */
enum SaneTimestamps implements TimestampExtractor {
    INSTANCE;

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        long now = System.currentTimeMillis();
        return record.timestamp() < 0 ? now : Math.min(now, record.timestamp());
    }
}
