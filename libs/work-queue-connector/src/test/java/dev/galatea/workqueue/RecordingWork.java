package dev.galatea.workqueue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Remembers what it was asked to do. */
class RecordingWork {

    final List<String> started = new CopyOnWriteArrayList<>();
    final List<String> done = new CopyOnWriteArrayList<>();
    final List<Integer> deliveries = new CopyOnWriteArrayList<>();

    final void run(WorkQueueMetadata record) throws Exception {
        started.add(text(record));
        deliveries.add(record.deliveryCount());
        work(record);
        done.add(text(record));
    }

    void work(WorkQueueMetadata record) throws Exception {}

    static String text(WorkQueueMetadata record) {
        return new String(record.value(), UTF_8);
    }
}
