package dev.galatea.workqueue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The records that a channel's method is working on. When a lock is lost, the record can come back to another slot
 * while the first delivery has not ended yet; the second waits for the first, so that no record is worked on twice at
 * once in one process. Thread-safe.
 */
final class InFlight {

    private final Set<HeldRecord.Position> claimed = ConcurrentHashMap.newKeySet();

    /** Claims a record; false while an earlier delivery of it has not ended. */
    boolean claim(HeldRecord record) {
        return claimed.add(record.position());
    }

    void release(HeldRecord record) {
        claimed.remove(record.position());
    }

    int size() {
        return claimed.size();
    }
}
