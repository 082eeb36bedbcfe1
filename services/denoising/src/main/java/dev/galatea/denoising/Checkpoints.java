package dev.galatea.denoising;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jboss.logging.Logger;

import dev.galatea.denoising.diffusion.Checkpoint;
import dev.galatea.denoising.diffusion.CheckpointRefusedException;
import dev.galatea.denoising.diffusion.CheckpointRefusedException.Reason;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.MalformedTensorException;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;

/**
 * Checkpoints of jobs in the store. A checkpoint's name holds its step and its whole digest, so that it is found and
 * verified without a reference to it. Thread-safe.
 */
@ApplicationScoped
class Checkpoints {

    private static final Logger LOG = Logger.getLogger(Checkpoints.class);
    private static final Pattern NAME = Pattern.compile(".*/checkpoint-(\\d{1,9})-([0-9a-f]{64})\\.safetensors");
    private static final int LISTED = 1000;

    private final ObjectStore store;
    private final Timer writing;

    Checkpoints(ObjectStore store, MeterRegistry metrics) {
        this.writing = Timer.builder("galatea.checkpoint.write")
                .description("Time that denoising waits until a checkpoint is stored and the one before is gone")
                .register(metrics);
        this.store = store;
    }

    /** Counts the time that denoising waits for checkpoints. */
    Timer writing() {
        return writing;
    }

    ObjectRef write(JobId jobId, Checkpoint checkpoint) throws RetryableException {
        byte[] bytes = SafeTensors.write(checkpoint.toFile());
        String key = ObjectKeys.checkpoint(jobId, checkpoint.state().step(), Sha256.of(bytes));
        return store.put(key, TensorStore.MEDIA_TYPE, bytes);
    }

    /** The furthest state that this job can be continued from; what is refused on the way goes into its history. */
    Optional<SolverState> latest(DenoisingJob job, Scheduler scheduler) throws RetryableException {
        // Asked for at the first delivery, too: a broker that was restarted has forgotten the earlier ones.
        List<Named> newestFirst = store.list(ObjectKeys.checkpoints(job.id()), LISTED).stream()
                .flatMap(key -> Named.parse(key).stream())
                .sorted(Comparator.comparingInt(Named::step).reversed())
                .toList();
        for (Named named : newestFirst) {
            Optional<SolverState> state = read(named, job, scheduler);
            if (state.isPresent()) {
                return state;
            }
        }
        return Optional.empty();
    }

    void delete(ObjectRef checkpoint) throws RetryableException {
        store.delete(checkpoint.key());
    }

    private Optional<SolverState> read(Named named, DenoisingJob job, Scheduler scheduler) throws RetryableException {
        Optional<ObjectStore.StoredObject> object = store.stat(named.key);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        ObjectRef ref = new ObjectRef(
                store.bucket(), named.key, TensorStore.MEDIA_TYPE, object.get().bytes(), named.digest);
        try {
            return Optional.of(stateOf(read(ref), job, scheduler));
        } catch (CheckpointRefusedException e) {
            refuse(job, named, e);
            return Optional.empty();
        }
    }

    private Checkpoint read(ObjectRef ref) throws RetryableException, CheckpointRefusedException {
        try {
            return Checkpoint.of(SafeTensors.read(store.read(ref)));
        } catch (PoisonException | MalformedTensorException e) {
            throw new CheckpointRefusedException(Reason.ALTERED, String.valueOf(e.getMessage()));
        }
    }

    private static SolverState stateOf(Checkpoint checkpoint, DenoisingJob job, Scheduler scheduler)
            throws CheckpointRefusedException {
        checkpoint.requireRun(job.run());
        SolverState state = checkpoint.state();
        if (state.step() < 1 || !scheduler.accepts(state, job.shape())) {
            throw new CheckpointRefusedException(
                    Reason.OTHER_RUN, "its step, or the names or shapes of its tensors, are not those of this job");
        }
        return state;
    }

    private void refuse(DenoisingJob job, Named named, CheckpointRefusedException why) {
        LOG.warnf("checkpoint refused jobId=%s key=%s message=%s", job.id(), named.key, why.getMessage());
        Failure failure = new Failure(FailureCause.POISON, why.reason().wireName(), String.valueOf(why.getMessage()));
        job.report(
                new ProgressDetail.CheckpointRefused(named.step, failure),
                "checkpoint-refused/" + named.step + "/" + named.digest);
    }

    private record Named(String key, int step, Sha256 digest) {

        private static Optional<Named> parse(String key) {
            Matcher name = NAME.matcher(key);
            return name.matches()
                    ? Optional.of(new Named(key, Integer.parseInt(name.group(1)), new Sha256(name.group(2))))
                    : Optional.empty();
        }
    }
}
