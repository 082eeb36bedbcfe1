package dev.galatea.model.event;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.ObjectRef;

/**
 * The state of one stage of one job.
 *
 * @param attempts number of times that a worker took the job at this stage
 * @param step done so far, of {@code steps}; both 0 until the first one
 * @param seconds duration of the stage, once it is finished
 * @param preview the newest picture of the estimate
 * @param cachedSteps as in {@link LatentsDenoised}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StageState(
        Stage stage,
        int attempts,
        int step,
        int steps,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Double seconds,
        @Nullable String worker,
        @Nullable ObjectRef preview,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> cachedSteps) {

    public StageState {
        Fields.require("stage", stage);
        worker = Fields.cutIfPresent(worker, Fields.MAX_NAME);
        cachedSteps = cachedSteps == null ? List.of() : List.copyOf(cachedSteps);
    }

    /** A stage that nobody has taken yet. */
    public static StageState waiting(Stage stage) {
        return new StageState(stage, 0, 0, 0, null, null, null, null, null, List.of());
    }
}
