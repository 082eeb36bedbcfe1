package dev.galatea.systemtests;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

/**
 * Says what is wrong with the jobs of a session, from topics and bucket alone: lost, duplicated and stuck jobs, results
 * that are missing, altered, or not the bytes that the same prompt gave before, objects that nothing refers to.
 */
final class Auditor {

    private static final int SWEEP_TRIES = 60;
    private static final long SWEEP_PAUSE_MS = 500;

    private final EventLog log;
    private final Bucket bucket;
    private final Map<Integer, Sha256> clips = new HashMap<>();

    Auditor(EventLog log, Bucket bucket) {
        this.log = log;
        this.bucket = bucket;
    }

    /** Audits all jobs so far; results of this drill's are read again. */
    List<String> audit(DrillContext context) throws Exception {
        log.catchUp();
        Map<JobId, DrillContext.Expectation> expected = context.expected();
        Set<JobId> fresh = context.fresh();
        List<String> violations = new ArrayList<>();
        Map<JobId, List<VideoFinished>> ends =
                log.events(VideoFinished.class).collect(Collectors.groupingBy(VideoFinished::jobId));
        for (Map.Entry<JobId, DrillContext.Expectation> job : expected.entrySet()) {
            JobId jobId = job.getKey();
            List<VideoFinished> finished = ends.getOrDefault(jobId, List.of());
            if (finished.size() != 1) {
                violations.add("job " + jobId + ": " + finished.size() + " terminal events");
                continue;
            }
            JobStatus status = finished.get(0).status();
            if (!job.getValue().ends().contains(status)) {
                violations.add("job " + jobId + ": ended as " + status + " ("
                        + finished.get(0).failure() + "), valid is "
                        + job.getValue().ends());
            }
            if (fresh.contains(jobId) && status == JobStatus.COMPLETED) {
                auditClip(
                        jobId,
                        job.getValue().variant(),
                        Objects.requireNonNull(finished.get(0).clip()),
                        violations);
            }
        }
        ends.keySet().stream()
                .filter(jobId -> !expected.containsKey(jobId))
                .forEach(jobId -> violations.add("job " + jobId + ": ended, but was never submitted"));
        // Whose inputs were published again after the end, when checkpoints are gone, is made again from the beginning.
        fresh.stream()
                .filter(jobId -> !context.replayed().contains(jobId))
                .forEach(jobId -> violations.addAll(CheckpointRule.violations(log.of(jobId))));
        auditBalance(ends, context.replayed(), violations);
        auditStates(ends, violations);
        auditOrphans(violations);
        return violations;
    }

    private void auditClip(JobId jobId, int variant, Clip clip, List<String> violations) throws Exception {
        for (ObjectRef ref : clip.objects().toList()) {
            Optional<byte[]> bytes = bucket.read(ref.key());
            if (bytes.isEmpty()) {
                violations.add("job " + jobId + ": object " + ref.key() + " is missing");
            } else if (bytes.get().length != ref.bytes()
                    || !Sha256.of(bytes.get()).equals(ref.sha256())) {
                violations.add("job " + jobId + ": object " + ref.key() + " is not what the event says");
            }
        }
        Sha256 reference = clips.putIfAbsent(variant, clip.video().sha256());
        if (reference != null && !reference.equals(clip.video().sha256())) {
            violations.add("job " + jobId + ": its clip is not the bytes that the same prompt gave undisturbed");
        }
    }

    private void auditBalance(Map<JobId, List<VideoFinished>> ends, Set<JobId> replayed, List<String> violations) {
        Map<JobId, Long> accepted =
                log.events(JobAccepted.class).collect(Collectors.groupingBy(JobAccepted::jobId, Collectors.counting()));
        accepted.forEach((jobId, count) -> {
            if (count != 1 && !replayed.contains(jobId)) {
                violations.add("job " + jobId + ": accepted " + count + " times");
            }
        });
        long open = accepted.keySet().stream()
                .filter(jobId -> !ends.containsKey(jobId))
                .count();
        if (open != 0) {
            violations.add("accepted - terminal - in flight = " + open + ", with nothing in flight");
        }
    }

    private void auditStates(Map<JobId, List<VideoFinished>> ends, List<String> violations) {
        states().forEach((jobId, state) -> {
            if (ends.containsKey(jobId)
                    && state.status() != ends.get(jobId).get(0).status()) {
                violations.add("job " + jobId + ": its state says " + state.status() + ", its terminal event "
                        + ends.get(jobId).get(0).status());
            }
        });
    }

    private void auditOrphans(List<String> violations) throws Exception {
        Set<String> referenced = referenced(states().values());
        List<String> orphans = List.of();
        for (int i = 0; i < SWEEP_TRIES; i++) {
            orphans = bucket.keys("jobs/").stream()
                    .filter(key -> !referenced.contains(key))
                    .toList();
            if (orphans.isEmpty()) {
                return;
            }
            Thread.sleep(SWEEP_PAUSE_MS);
        }
        violations.add(orphans.size() + " objects that nothing refers to, such as " + orphans.get(0));
    }

    private Map<JobId, JobState> states() {
        return log.events(JobState.class)
                .collect(Collectors.toMap(JobState::jobId, Function.identity(), (older, newer) -> newer));
    }

    private static Set<String> referenced(Collection<JobState> states) {
        Set<String> keys = new HashSet<>();
        for (JobState state : states) {
            if (state.clip() != null) {
                state.clip().objects().map(ObjectRef::key).forEach(keys::add);
            }
            state.stages().stream()
                    .filter(stage -> stage.preview() != null)
                    .forEach(stage -> keys.add(stage.preview().key()));
        }
        return keys;
    }
}
