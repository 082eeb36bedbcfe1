package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.Optional;

/** The pause after which it is worth asking for a video again. */
final class PollPause {

    private static final Duration UNKNOWN = Duration.ofSeconds(1);
    private static final double SHORTEST = 0.25;
    private static final double LONGEST = 10;

    private PollPause() {}

    /** Returns the pause before the next poll; empty when the video can't change any more. */
    static Optional<Duration> of(Video video) {
        if (video.status().equals("completed") || video.status().equals("failed")) {
            return Optional.empty();
        }
        JobDetails job = video.job();
        Double eta = job == null ? null : job.etaSeconds();
        if (eta == null) {
            return Optional.of(UNKNOWN);
        }
        // A forecast is seldom right to the second: come near the end, not behind it.
        double seconds = Math.max(SHORTEST, Math.min(LONGEST, eta / 2));
        return Optional.of(Duration.ofMillis((long) (1000 * seconds)));
    }
}
