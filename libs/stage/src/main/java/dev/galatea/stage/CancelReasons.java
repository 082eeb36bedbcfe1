package dev.galatea.stage;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;

/**
 * The reasons for which jobs are to stop, bounded by the memory that they take. Anybody may send commands, for any id:
 * those of jobs that this process works on are always remembered; of the others, which may never have been jobs, the
 * oldest are forgotten first, and their jobs, which have ended by then, are only worked on in vain. Thread-safe.
 */
final class CancelReasons {

    /** A worker shows a reason in its log at most; the job's failure has it from the command itself. */
    private static final int MAX_CHARS = 100;

    /** Of an entry without its text: the id, the text's frame, and the map's node. */
    private static final int ENTRY_BYTES = 160;

    private final long maxBytes;
    private final Map<JobId, String> reasons = new LinkedHashMap<>();
    private final Map<JobId, @Nullable String> atWork = new HashMap<>();
    private long bytes;

    /** @param maxBytes memory for commands of jobs that this process does not work on */
    CancelReasons(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes a job in hand; a command for it is not forgotten until {@link #end}. */
    synchronized void begin(JobId jobId) {
        atWork.put(jobId, reasons.get(jobId));
    }

    /** Ends what {@link #begin} began. */
    synchronized void end(JobId jobId) {
        atWork.remove(jobId);
    }

    /** Remembers a command; the first one of a job counts. */
    synchronized void add(JobId jobId, String reason) {
        String text = reason.length() > MAX_CHARS ? reason.substring(0, MAX_CHARS) : reason;
        if (atWork.containsKey(jobId)) {
            atWork.putIfAbsent(jobId, text);
        }
        if (reasons.putIfAbsent(jobId, text) == null) {
            bytes += size(text);
            forgetEldest();
        }
    }

    /** Returns the reason for which a job is to stop; empty if it is not known to be cancelled. */
    synchronized Optional<String> of(JobId jobId) {
        String reason = atWork.get(jobId);
        return Optional.ofNullable(reason == null ? reasons.get(jobId) : reason);
    }

    /** The number of commands that are remembered. */
    synchronized int count() {
        return reasons.size();
    }

    private void forgetEldest() {
        Iterator<String> eldest = reasons.values().iterator();
        while (bytes > maxBytes && eldest.hasNext()) {
            bytes -= size(eldest.next());
            eldest.remove();
        }
    }

    private static long size(String text) {
        return ENTRY_BYTES + (long) Character.BYTES * text.length();
    }
}
