package dev.galatea.systemtests;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;

/**
 * Damages the checkpoint of a job whose only denoiser was killed. The job must begin again from noise, say why in its
 * history, and end in the same bytes.
 */
final class CheckpointDrill implements Drill {

    /** The alteration of the object. */
    private enum Damage {
        ALTERED,
        TRUNCATED,
        OTHER_BUNDLE
    }

    @Override
    public String title() {
        return "checkpoint";
    }

    @Override
    public String description() {
        return "a killed job's checkpoint is altered, truncated, or another bundle's: refused, and begun from noise";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        try (Bucket bucket = new Bucket(context.deployment())) {
            Damage[] damages = Damage.values();
            for (Damage damage :
                    List.of(damages).subList(0, Math.min(context.settings().kills(), damages.length))) {
                JobId jobId = context.submit(damage.ordinal());
                context.awaitCheckpoint(jobId);
                context.deployment().kill(Deployment.DENOISING);
                for (String key : bucket.keys(ObjectKeys.checkpoints(jobId))) {
                    damage(bucket, jobId, key, damage);
                }
                context.deployment().start(Deployment.DENOISING);
                context.awaitEnds(context.fresh());
                context.require(
                        refusalIsNoted(context, jobId),
                        "job " + jobId + ": its history does not say that the checkpoint was refused");
            }
        }
    }

    private static void damage(Bucket bucket, JobId jobId, String key, Damage damage) throws Exception {
        byte[] bytes = bucket.read(key).orElseThrow();
        switch (damage) {
            case TRUNCATED -> bucket.write(key, Arrays.copyOf(bytes, bytes.length / 2));
            case ALTERED -> {
                bytes[bytes.length - 1] ^= 1;
                bucket.write(key, bytes);
            }
            case OTHER_BUNDLE -> {
                SafeTensorsFile file = SafeTensors.read(bytes);
                Map<String, String> metadata = new TreeMap<>(file.metadata());
                metadata.put("bundle", "0".repeat(Sha256.of(bytes).hex().length()));
                byte[] other = SafeTensors.write(new SafeTensorsFile(file.tensors(), metadata));
                int step = Integer.parseInt(metadata.get("step"));
                bucket.write(ObjectKeys.checkpoint(jobId, step, Sha256.of(other)), other);
                bucket.delete(key);
            }
        }
    }

    private static boolean refusalIsNoted(DrillContext context, JobId jobId) {
        return context.log()
                .of(jobId)
                .filter(event -> event.topic().equals(EventType.JOB_STATE.topic()))
                .map(ObservedEvent::event)
                .filter(JobState.class::isInstance)
                .flatMap(state -> ((JobState) state).history().stream())
                .anyMatch(entry -> entry.what().contains("checkpoint refused"));
    }
}
