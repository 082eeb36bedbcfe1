package dev.galatea.denoising.diffusion;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.CheckpointRefusedException.Reason;
import dev.galatea.model.tensor.SafeTensorsFile;

/**
 * A state to continue from, together with the run that it belongs to, as one safetensors file. The same state makes the
 * same file. Version 2:
 *
 * <pre>
 * tensors    those of the {@link SolverState}, by their names
 * metadata   format      "galatea-checkpoint/2"
 *            step        steps done, in decimal
 *            scheduler   the scheduler's name
 *            bundle      digest of the bundle's manifest, in hex
 *            run         digest of everything that decides where the run goes, in hex
 *            cached      the steps of {@link SolverState#cachedSteps}, in decimal, by commas; absent if there are none
 * </pre>
 *
 * Version 1 held the latents alone, and the run as a list of fields; it is refused.
 *
 * @param scheduler the scheduler's name
 * @param run a state may only be continued by an equal run
 */
public record Checkpoint(SolverState state, String scheduler, RunIdentity run) {

    /** The version that is written and read. */
    public static final String FORMAT = "galatea-checkpoint/2";

    private static final String FORMAT_KEY = "format";
    private static final String STEP_KEY = "step";
    private static final String SCHEDULER_KEY = "scheduler";
    private static final String BUNDLE_KEY = "bundle";
    private static final String RUN_KEY = "run";
    private static final String CACHED_KEY = "cached";

    /** Reads a file that {@link #toFile} made. */
    public static Checkpoint of(SafeTensorsFile file) throws CheckpointRefusedException {
        Map<String, String> metadata = file.metadata();
        String format = metadata.get(FORMAT_KEY);
        if (!FORMAT.equals(format)) {
            boolean other = format != null && format.startsWith("galatea-checkpoint/");
            throw new CheckpointRefusedException(
                    other ? Reason.OTHER_VERSION : Reason.ALTERED, "format: is " + format + "; valid is " + FORMAT);
        }
        RunIdentity run = new RunIdentity(required(metadata, BUNDLE_KEY), required(metadata, RUN_KEY));
        try {
            SolverState state = new SolverState(
                    Integer.parseInt(required(metadata, STEP_KEY)),
                    file.tensors(),
                    numbers(metadata.getOrDefault(CACHED_KEY, "")));
            return new Checkpoint(state, required(metadata, SCHEDULER_KEY), run);
        } catch (IllegalArgumentException e) {
            throw new CheckpointRefusedException(Reason.ALTERED, String.valueOf(e.getMessage()));
        }
    }

    /** The file to store. */
    public SafeTensorsFile toFile() {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(FORMAT_KEY, FORMAT);
        metadata.put(STEP_KEY, Integer.toString(state.step()));
        metadata.put(SCHEDULER_KEY, scheduler);
        metadata.put(BUNDLE_KEY, run.bundle());
        metadata.put(RUN_KEY, run.digest());
        if (!state.cachedSteps().isEmpty()) {
            metadata.put(
                    CACHED_KEY,
                    state.cachedSteps().stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        return new SafeTensorsFile(state.tensors(), metadata);
    }

    /** Refuses a checkpoint of another run. */
    public void requireRun(RunIdentity wanted) throws CheckpointRefusedException {
        if (!run.bundle().equals(wanted.bundle())) {
            throw new CheckpointRefusedException(
                    Reason.OTHER_BUNDLE, "bundle: is " + run.bundle() + "; valid is " + wanted.bundle());
        }
        if (!run.digest().equals(wanted.digest())) {
            throw new CheckpointRefusedException(
                    Reason.OTHER_RUN, "run: is " + run.digest() + "; valid is " + wanted.digest());
        }
    }

    private static List<Integer> numbers(String joined) {
        return joined.isEmpty()
                ? List.of()
                : Stream.of(joined.split(",", -1)).map(Integer::valueOf).toList();
    }

    private static String required(Map<String, String> metadata, String key) throws CheckpointRefusedException {
        @Nullable String value = metadata.get(key);
        if (value == null) {
            throw new CheckpointRefusedException(Reason.ALTERED, key + ": is missing");
        }
        return value;
    }
}
