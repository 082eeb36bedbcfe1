package dev.galatea.gateway.jobs;

import dev.galatea.model.event.Progress;

/**
 * A progress event and where it stands in the log, which is the same for every replica.
 *
 * @param partition of {@code video.progress.v1}
 */
public record ProgressEntry(int partition, long offset, Progress progress) {

    /** The place as one word: {@code PARTITION-OFFSET}. */
    public String id() {
        return partition + "-" + offset;
    }

    /**
     * Tells whether this one comes after the place of another of the same job; any does, after a place of elsewhere.
     */
    public boolean isAfter(String place) {
        String own = partition + "-";
        if (!place.startsWith(own)) {
            return true;
        }
        try {
            return offset > Long.parseLong(place.substring(own.length()));
        } catch (NumberFormatException e) {
            return true;
        }
    }
}
