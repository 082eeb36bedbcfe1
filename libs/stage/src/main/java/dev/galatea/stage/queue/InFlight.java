package dev.galatea.stage.queue;

import java.util.HashSet;
import java.util.Set;

import dev.galatea.model.failure.ReleasedException;

/**
 * The records that handlers of this process are working on. When a lock is lost, the record can come back to another
 * slot while its first handler has not yet noticed; the second waits for the first, so that no record is worked on twice
 * at once. Thread-safe.
 */
final class InFlight {

    private static final long LOOK_AGAIN_MS = 100;

    private final Set<WorkRecord.Position> claimed = new HashSet<>();

    synchronized void claim(WorkRecord record) throws InterruptedException, ReleasedException {
        while (!claimed.add(record.position())) {
            if (record.shouldRelease()) {
                throw new ReleasedException("given back while an earlier attempt in this process was ending");
            }
            wait(LOOK_AGAIN_MS);
        }
    }

    synchronized void release(WorkRecord record) {
        claimed.remove(record.position());
        notifyAll();
    }

    synchronized int size() {
        return claimed.size();
    }
}
