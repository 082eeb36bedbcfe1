package dev.galatea.model.pipeline;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;

/**
 * The rules that stages must keep to be a pipeline: each takes what comes to it, an optional one gives on what it was
 * requested with, no event comes by twice, and the last gives the clip.
 */
final class PipelineRules {

    private final Set<Stage> names = new HashSet<>();
    private final Set<EventType> passed = new HashSet<>(Set.of(EventType.JOB_ACCEPTED));

    /** The output of the stages checked so far, and the stage that gives it. */
    private EventType given = EventType.JOB_ACCEPTED;

    private Stage giver = Stage.ADMISSION;

    private PipelineRules() {}

    /** Refuses stages that don't fit together. */
    static void check(List<StageDefinition> stages) {
        PipelineRules rules = new PipelineRules();
        for (StageDefinition definition : stages) {
            rules.add(definition);
        }
        if (rules.given != EventType.CLIP_DECODED) {
            throw new PipelineException("pipeline: ends with " + rules.given + ", given by " + rules.giver
                    + "; valid is " + EventType.CLIP_DECODED + ", which completes a job");
        }
    }

    private void add(StageDefinition definition) {
        Stage stage = definition.stage();
        if (stage.equals(Stage.ADMISSION) || !names.add(stage)) {
            throw new PipelineException("stage " + stage + ": the name is taken; valid is one of its own");
        }
        requireStageEvents(definition.input(), stage, "takes");
        requireStageEvents(definition.output(), stage, "gives");
        StageRequest request = definition.request();
        if (request == null) {
            follow(definition);
        } else {
            branch(definition, request);
        }
    }

    private void follow(StageDefinition definition) {
        if (definition.input() != given) {
            throw new PipelineException("stage " + definition.stage() + ": takes " + definition.input()
                    + ", which the stage before it, " + giver + ", does not give; valid is " + given
                    + ", or a request of its own (requestedWith)");
        }
        requireNew(definition.output(), definition.stage(), "gives");
        given = definition.output();
        giver = definition.stage();
    }

    private void branch(StageDefinition definition, StageRequest request) {
        Stage stage = definition.stage();
        if (giver.equals(Stage.ADMISSION)) {
            throw new PipelineException(
                    "stage " + stage + ": is optional and first; valid is one that every job passes, before it");
        }
        if (request.from() != given.record()) {
            throw new PipelineException("stage " + stage + ": is requested with "
                    + request.from().getSimpleName() + ", but the stage before it, " + giver + ", gives "
                    + given.record().getSimpleName() + "; valid is the latter");
        }
        if (definition.output() != given) {
            throw new PipelineException("stage " + stage + ": gives " + definition.output()
                    + ", but a stage that jobs may not pass must give what it was requested with; valid is " + given);
        }
        requireNew(definition.input(), stage, "takes");
    }

    private void requireNew(EventType type, Stage stage, String verb) {
        if (!passed.add(type)) {
            throw new PipelineException("stage " + stage + ": " + verb + " " + type
                    + ", which goes between stages before it; valid is an event type of its own");
        }
    }

    private static void requireStageEvents(EventType type, Stage stage, String verb) {
        if (!StageEvent.class.isAssignableFrom(type.record())) {
            throw new PipelineException("stage " + stage + ": " + verb + " " + type + ", whose record "
                    + type.record().getSimpleName() + " is no StageEvent; valid is one that is");
        }
    }
}
