package dev.galatea.jobtracking.tracking;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobState.HistoryEntry;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.pipeline.Pipeline;

/** Builds the next state of a job while one event is folded into it. Not thread-safe. */
final class NextJobState {

    /**
     * The most entries of a history, above those of any job that runs well; further ones are dropped, except the end.
     */
    static final int MAX_HISTORY = 64;

    /** The most stages of a state, above those of any pipeline; reports of further stages are ignored. */
    static final int MAX_STAGES = 32;

    private final JobState before;
    private final Map<Stage, StageStateBuilder> stages;
    private final List<HistoryEntry> history;
    private JobStatus status;
    private @Nullable Clip clip;
    private @Nullable Failure failure;
    private @Nullable Instant finishedAt;

    private NextJobState(JobState before, Comparator<Stage> order) {
        this.before = before;
        this.stages = new TreeMap<>(order);
        this.status = before.status();
        this.history = new ArrayList<>(before.history());
        before.stages().forEach(stage -> stages.put(stage.stage(), new StageStateBuilder(stage)));
    }

    /** @param order in which jobs pass the stages */
    static NextJobState of(JobState state, Comparator<Stage> order) {
        return new NextJobState(state, order);
    }

    StageStateBuilder stage(Stage stage) {
        return stages.computeIfAbsent(stage, s -> new StageStateBuilder(StageState.waiting(s)));
    }

    /** Says whether the state can hold this stage. */
    boolean hasRoomFor(Stage stage) {
        return stages.containsKey(stage) || stages.size() < MAX_STAGES;
    }

    /** The job is, or was, at a stage: it runs if that one makes it, and goes on waiting if it only prepares it. */
    NextJobState at(Stage stage, Pipeline pipeline) {
        status = pipeline.isMaking(stage) ? JobStatus.RUNNING : status;
        return this;
    }

    NextJobState completed(Clip result, Instant at) {
        clip = result;
        end(JobStatus.COMPLETED, null, at);
        return this;
    }

    NextJobState ended(JobStatus end, Failure why, @Nullable Stage stage, Instant at) {
        failure = why;
        end(end, stage, at);
        return this;
    }

    /** Notes something once. */
    void note(Instant at, Stage stage, String what) {
        note(at, stage, what, MAX_HISTORY - 1);
    }

    /** Notes something, and goes on. */
    NextJobState noted(Instant at, Stage stage, String what) {
        note(at, stage, what);
        return this;
    }

    /** Notes something that happens often, and must leave room for what is rare. */
    void noteFrequent(Instant at, Stage stage, String what) {
        note(at, stage, what, MAX_HISTORY / 2);
    }

    private void note(Instant at, Stage stage, String what, int room) {
        HistoryEntry entry = new HistoryEntry(at, stage, what);
        if (history.size() < room && !history.contains(entry)) {
            history.add(entry);
        }
    }

    /** The new state; equal to the old one, with its time, if nothing else changed. */
    JobState build(Instant at) {
        JobState sameTime = build(before.updatedAt(), finishedAt);
        if (sameTime.equals(before)) {
            return before;
        }
        return build(at.isAfter(before.updatedAt()) ? at : before.updatedAt(), finishedAt);
    }

    private JobState build(Instant updatedAt, @Nullable Instant doneAt) {
        List<StageState> built =
                stages.values().stream().map(StageStateBuilder::build).toList();
        return before.with(next -> next.status(status)
                .stages(built)
                .clip(clip)
                .failure(failure)
                .history(history)
                .updatedAt(updatedAt)
                .finishedAt(doneAt));
    }

    private void end(JobStatus end, @Nullable Stage stage, Instant at) {
        status = end;
        finishedAt = at.isBefore(before.submittedAt()) ? before.submittedAt() : at;
        history.add(new HistoryEntry(at, stage, end.wireName()));
    }
}
