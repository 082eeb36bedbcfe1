package dev.galatea.model.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;

/**
 * The stages in the order in which jobs pass them, and what follows from it: which event goes where, who made one, how
 * far a job is. Checked when it is made. Immutable and thread-safe.
 */
public final class Pipeline {

    /** The built-in stages. */
    public static final Pipeline VIDEO = VideoPipeline.create();

    /** Progress is in percent; stages that were added may claim shares beyond that, and all become smaller then. */
    private static final double ALL_PERCENT = 100;

    private final List<StageDefinition> stages;
    private final Map<Stage, Integer> positions = new LinkedHashMap<>();
    private final Map<Class<? extends Event>, StageDefinition> byInput = new LinkedHashMap<>();
    private final List<EventType> eventTypes;
    private final Stage longest;

    private Pipeline(List<StageDefinition> stages) {
        this.stages = List.copyOf(stages);
        PipelineRules.check(this.stages);
        Set<EventType> types = new LinkedHashSet<>();
        for (StageDefinition definition : this.stages) {
            positions.put(definition.stage(), positions.size());
            byInput.put(definition.input().record(), definition);
            types.add(definition.input());
            types.add(definition.output());
        }
        eventTypes = List.copyOf(types);
        double greatest = stages.stream()
                .mapToDouble(StageDefinition::progressShare)
                .max()
                .orElse(0);
        longest = stages.stream()
                .filter(definition -> definition.progressShare() == greatest)
                .findFirst()
                .map(StageDefinition::stage)
                .orElse(Stage.ADMISSION);
    }

    /** Makes a pipeline of stages in their order; refused if they don't fit together. */
    public static Pipeline of(List<StageDefinition> stages) {
        return new Pipeline(stages);
    }

    /** The built-in pipeline with the stages that lie on the class path; the same at each call. */
    public static Pipeline current() {
        return Current.PIPELINE;
    }

    /** Returns this pipeline with one more stage, after another. */
    public Pipeline insertAfter(Stage before, StageDefinition added) {
        List<StageDefinition> extended = new ArrayList<>(stages);
        extended.add(position(before) + 1, added);
        return new Pipeline(extended);
    }

    /** Returns this pipeline with one more stage, before another. */
    public Pipeline insertBefore(Stage after, StageDefinition added) {
        List<StageDefinition> extended = new ArrayList<>(stages);
        extended.add(position(after), added);
        return new Pipeline(extended);
    }

    /** All stages in order. */
    public List<StageDefinition> stages() {
        return stages;
    }

    /**
     * The stages that a job passes, in order; as long as its specification is not known, those that every job passes.
     */
    public List<StageDefinition> stagesOf(@Nullable JobSpec spec) {
        return stages.stream()
                .filter(definition -> spec == null ? !definition.isOptional() : definition.appliesTo(spec))
                .toList();
    }

    /** The definition of a stage; empty if the pipeline here has no such stage. */
    public Optional<StageDefinition> find(Stage stage) {
        Integer position = positions.get(stage);
        return position == null ? Optional.empty() : Optional.of(stages.get(position));
    }

    /** The definition of a stage that must be there. */
    public StageDefinition definition(Stage stage) {
        return stages.get(position(stage));
    }

    /** Returns a job's work in a stage, in the stage's units; 1 if this pipeline has no such stage. */
    public double workUnits(Stage stage, JobSpec spec) {
        return find(stage).map(definition -> definition.workUnits(spec)).orElse(1.0);
    }

    /** The value of the label {@code stage} in metrics: bounded, whatever events say. */
    public String metricsLabel(Stage stage) {
        return stage.equals(Stage.ADMISSION)
                ? stage.wireName()
                : find(stage).map(StageDefinition::metricsLabel).orElse("other");
    }

    /** The types of the events that go into stages and come out of them, in order. */
    public List<EventType> eventTypes() {
        return eventTypes;
    }

    /** The stage that takes an event; empty for what the last stage gives. */
    public Optional<StageDefinition> takerOf(StageEvent event) {
        return Optional.ofNullable(byInput.get(event.getClass()));
    }

    /**
     * The topic that an event belongs on: that of its type or, if a stage with pools takes it, that of the pool which
     * the job's specification names.
     */
    public String topicOf(Event event) {
        return event instanceof StageEvent handedOn
                ? takerOf(handedOn)
                        .map(taker -> taker.topic(handedOn.spec().poolOrDefault()))
                        .orElseGet(() -> EventType.of(event).topic())
                : EventType.of(event).topic();
    }

    /** The type of the events on a topic, which may be a pool's; empty if it is none of ours. */
    public Optional<EventType> typeOf(String topic) {
        return EventType.ofTopic(topic).or(() -> stageTaking(topic).map(StageDefinition::input));
    }

    /** True if the events of a type wait in a work queue for any worker of a stage. */
    public boolean isQueue(EventType type) {
        StageDefinition taker = byInput.get(type.record());
        return taker != null && taker.isQueued();
    }

    /** The stage whose input, or whose input for a pool, a topic holds. */
    public Optional<StageDefinition> stageTaking(String topic) {
        return stages.stream()
                .filter(definition -> definition.poolOf(topic).isPresent())
                .findFirst();
    }

    /**
     * The topics of events of a type: one, and one more for each pool but the default if a stage with pools takes them.
     *
     * @param pools those of the deployment
     */
    public List<String> topicsOf(EventType type, Collection<Pool> pools) {
        StageDefinition taker = byInput.get(type.record());
        Set<String> topics = new LinkedHashSet<>(List.of(type.topic()));
        if (taker != null) {
            pools.forEach(pool -> topics.add(taker.topic(pool)));
        }
        return List.copyOf(topics);
    }

    /** The stage that gave an event, which is finished with its job. */
    public Stage giverOf(StageEvent event) {
        Stage giver = Stage.ADMISSION;
        Stage previous = Stage.ADMISSION;
        for (StageDefinition definition : stages) {
            if (definition.isOptional() && definition.input().record() == event.getClass()) {
                return previous;
            }
            if (definition.appliesTo(event.spec())) {
                previous = definition.stage();
                giver = definition.output().record() == event.getClass() ? previous : giver;
            }
        }
        return giver;
    }

    /**
     * Routes what a stage has made: if a stage follows that not every job passes but this one does, to that stage, as
     * its request; else as it is.
     *
     * @param after the stage that made {@code event}
     * @return the event to publish
     */
    public StageEvent route(Stage after, StageEvent event) {
        StageDefinition giver = definition(after);
        if (event.getClass() != giver.output().record()) {
            throw new IllegalArgumentException("stage " + after + ": made a "
                    + event.getClass().getSimpleName() + "; valid is its output " + giver.output());
        }
        for (StageDefinition next : stages.subList(position(after) + 1, stages.size())) {
            StageRequest request = next.request();
            if (request == null) {
                return event;
            }
            if (next.appliesTo(event.spec())) {
                return wrap(event, next, request);
            }
        }
        return event;
    }

    /** The types of what a stage's outputs may be {@link #route routed} as: its output, and requests for it. */
    public List<EventType> publishedBy(Stage stage) {
        List<EventType> types = new ArrayList<>();
        types.add(definition(stage).output());
        for (StageDefinition next : stages.subList(position(stage) + 1, stages.size())) {
            if (!next.isOptional()) {
                break;
            }
            types.add(next.input());
        }
        return types;
    }

    /**
     * Says whether a job that is at a stage is being made. What comes before the stage with the greatest share of the
     * progress only prepares a job: all jobs of a crowd pass it at once, and then wait for that stage.
     */
    public boolean isMaking(Stage stage) {
        return order().compare(stage, longest) >= 0;
    }

    /** Orders stages as jobs pass them, admission first; those that this pipeline does not know come last, by name. */
    public Comparator<Stage> order() {
        return Comparator.comparingInt((Stage stage) -> {
                    Integer position = positions.get(stage);
                    return position != null ? position : stage.equals(Stage.ADMISSION) ? -1 : stages.size();
                })
                .thenComparing(Stage::wireName);
    }

    /**
     * Returns a job's progress in percent.
     *
     * @param done the part of a stage that is done, 0 to 1
     */
    public double percent(@Nullable JobSpec spec, ToDoubleFunction<Stage> done) {
        List<StageDefinition> passed = stagesOf(spec);
        double sum = 0;
        double all = 0;
        for (StageDefinition definition : passed) {
            sum += definition.progressShare() * done.applyAsDouble(definition.stage());
            all += definition.progressShare();
        }
        return sum * ALL_PERCENT / Math.max(ALL_PERCENT, all);
    }

    /** Estimates the progress in percent of a job that is at a stage, when nothing else is known of it. */
    public double percentAt(Stage stage, double done) {
        Comparator<Stage> order = order();
        double sum = 0;
        double all = 0;
        for (StageDefinition definition : stages) {
            int place = order.compare(definition.stage(), stage);
            if (place == 0) {
                sum += definition.progressShare() * done;
            } else if (place < 0 && !definition.isOptional()) {
                sum += definition.progressShare();
            }
            if (place <= 0 || !definition.isOptional()) {
                all += definition.progressShare();
            }
        }
        return sum * ALL_PERCENT / Math.max(ALL_PERCENT, all);
    }

    @Override
    public String toString() {
        return stages.toString();
    }

    private static StageEvent wrap(StageEvent event, StageDefinition next, StageRequest request) {
        StageEvent wrapped = request.wrapper().apply(event);
        if (wrapped.getClass() != next.input().record() || !wrapped.jobId().equals(event.jobId())) {
            throw new IllegalStateException("stage " + next.stage() + ": is requested with a "
                    + wrapped.getClass().getSimpleName() + "; valid is its input " + next.input()
                    + " of the same job");
        }
        return wrapped;
    }

    private int position(Stage stage) {
        Integer position = positions.get(stage);
        if (position == null) {
            throw new IllegalArgumentException("stage: " + stage + " is not in the pipeline; valid are "
                    + stages.stream().map(StageDefinition::stage).toList());
        }
        return position;
    }

    /** Loaded when first asked, once. */
    private static final class Current {

        static final Pipeline PIPELINE = PipelineExtensions.extend(VIDEO);

        private Current() {}
    }
}
