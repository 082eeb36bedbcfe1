package dev.galatea.jobtracking.tracking;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.ObjectKind;
import dev.galatea.model.tensor.ObjectRef;

/**
 * Decides which objects of jobs are not referred to any more. Pure and thread-safe.
 *
 * @param retention time for which finished jobs are kept; objects of unknown jobs are removed when they are older, and
 *     uploads that no job took within the hour
 * @param grace time after the end of its job for which an object is kept, because a worker may be late
 */
public record ObjectPolicy(Duration retention, Duration grace) {

    private static final String JOBS = "jobs/";

    /**
     * Time in which the prompt that an upload belongs to is admitted; with a search every ten minutes it is an hour.
     */
    private static final Duration UNTAKEN = Duration.ofMinutes(50);

    /** The same for what several jobs share: the one that it lies with may be deleted before others had their turn. */
    private static final Duration UNTAKEN_BY_SEVERAL = Duration.ofDays(1);

    /** Time that passes between the removal of a deleted job's objects and its being forgotten. */
    private static final Duration DELETING = Duration.ofSeconds(5);

    /** The job that an object belongs to; empty if it is not a job's. */
    public static Optional<JobId> ownerOf(String key) {
        int end = key.indexOf('/', JOBS.length());
        if (!key.startsWith(JOBS) || end < 0) {
            return Optional.empty();
        }
        try {
            JobId owner = JobId.parse(key.substring(JOBS.length(), end));
            return key.startsWith(ObjectKeys.jobPrefix(owner)) ? Optional.of(owner) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Says whether an object can be removed.
     *
     * @param owner its job's state; null if the job is not known, or forgotten
     * @param modified time of the object's last write
     * @param readingSince time from which on its job's prompt would have been read
     */
    public boolean isGarbage(
            String key, @Nullable JobState owner, Instant modified, Instant now, Instant readingSince) {
        if (owner == null) {
            Instant counted = modified.isAfter(readingSince) ? modified : readingSince;
            boolean untaken = isUpload(key)
                    && counted.isBefore(now.minus(ObjectKeys.isShared(key) ? UNTAKEN_BY_SEVERAL : UNTAKEN));
            return untaken || modified.isBefore(now.minus(retention).minus(grace));
        }
        Instant end = owner.finishedAt();
        boolean over = owner.status().isDone() && end != null && end.isBefore(now.minus(grace));
        return over && references(owner).noneMatch(ref -> ref.key().equals(key));
    }

    /**
     * Says whether a worker that heard late of a deletion wrote an object for a job that had been forgotten. Nothing
     * refers to it, as to what was there before something may that was made from it, and to uploads the other videos of
     * their order.
     *
     * @param forgotten when its job was
     * @param modified time of the object's last write
     */
    public boolean isLate(String key, Instant forgotten, Instant modified, Instant now) {
        return !isUpload(key) && !modified.isBefore(forgotten.minus(DELETING)) && modified.isBefore(now.minus(grace));
    }

    private static boolean isUpload(String key) {
        return ObjectKind.of(key).filter(ObjectKind.UPLOAD::equals).isPresent();
    }

    private static Stream<ObjectRef> references(JobState job) {
        Stream<ObjectRef> clip =
                job.clip() == null ? Stream.empty() : job.clip().objects();
        ReferenceMedia reference = job.spec() == null ? null : job.spec().reference();
        Stream<ObjectRef> media =
                reference == null ? Stream.empty() : Stream.of(reference.object(), reference.lastFrame());
        Stream<ObjectRef> previews = job.stages().stream().map(StageState::preview);
        return Stream.of(clip, media, previews).flatMap(refs -> refs).filter(Objects::nonNull);
    }
}
