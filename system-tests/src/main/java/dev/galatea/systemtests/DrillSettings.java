package dev.galatea.systemtests;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of the drills.
 *
 * @param root the checkout, whose {@code deploy/separate-processes} starts the services
 * @param directory the directory of the processes' data and logs
 * @param seed decides at which steps faults strike
 * @param kills number of repetitions in drills that repeat a fault, or of kinds in those with several kinds
 * @param frames length of a job's clip
 * @param steps denoising steps of a job
 * @param checkpointEvery steps between two checkpoints
 * @param lock time for which a record stays with a worker that died
 */
public record DrillSettings(
        Path root, Path directory, long seed, int kills, int frames, int steps, int checkpointEvery, Duration lock) {

    public DrillSettings {
        requireAtLeast("kills", kills, 1);
        requireAtLeast("frames", frames, 1);
        requireAtLeast("steps", steps, 4);
        requireAtLeast("checkpoint-every", checkpointEvery, 1);
        if (lock.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("lock: is " + lock + "; valid is at least one second");
        }
    }

    /** The same, with data and logs in {@code other}. */
    public DrillSettings in(Path other) {
        return new DrillSettings(root, other, seed, kills, frames, steps, checkpointEvery, lock);
    }

    private static void requireAtLeast(String field, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(field + ": is " + value + "; valid is at least " + least);
        }
    }
}
