package dev.galatea.model.pipeline;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;

/**
 * Defines one stage of the pipeline. Immutable.
 *
 * @see Pipeline
 */
public final class StageDefinition {

    private static final String GROUP_PREFIX = "galatea-";
    private static final String TOPIC_SEPARATOR = ".";
    private static final Duration DEFAULT_SILENCE = Duration.ofHours(1);

    private final Stage stage;
    private final EventType input;
    private final EventType output;
    private final @Nullable StageRequest request;
    private final boolean queued;
    private final boolean pooled;
    private final ToDoubleFunction<JobSpec> workUnits;
    private final Duration silence;
    private final double progressShare;

    private StageDefinition(Builder builder, EventType input, EventType output) {
        this.stage = builder.stage;
        this.input = input;
        this.output = output;
        this.request = builder.request;
        this.queued = builder.queued;
        this.pooled = builder.pooled;
        this.workUnits = builder.workUnits;
        this.silence = builder.silence;
        this.progressShare = builder.progressShare;
    }

    /** Begins the definition of a stage. */
    public static Builder of(Stage stage) {
        return new Builder(stage);
    }

    /** The stage's name. */
    public Stage stage() {
        return stage;
    }

    /** The events that the stage takes; their topic is the stage's queue. */
    public EventType input() {
        return input;
    }

    /** The events that the stage gives. */
    public EventType output() {
        return output;
    }

    /** Says whether jobs can skip the stage; its input is then an event of its own. */
    public boolean isOptional() {
        return request != null;
    }

    /** Says whether a job goes through the stage. */
    public boolean appliesTo(JobSpec spec) {
        return request == null || request.appliesTo().test(spec);
    }

    /**
     * Says whether the stage's workers share a queue (a Kafka share group: one job per worker, in no order, for work
     * that takes long); if not, they read a log (a classic consumer group).
     */
    public boolean isQueued() {
        return queued;
    }

    /** The group of the stage's workers; of those of the default pool, if the stage has pools. */
    public String group() {
        return GROUP_PREFIX + stage.wireName();
    }

    /**
     * Says whether the stage's workers may be divided into pools, each with a topic and a group of its own; if not, all
     * of them serve all bundles.
     */
    public boolean isPooled() {
        return pooled;
    }

    /** The pool that takes jobs of {@code wanted} in this stage: that one, or the default if the stage has no pools. */
    public Pool poolFor(Pool wanted) {
        return pooled ? wanted : Pool.DEFAULT;
    }

    /** The group of the workers that take jobs of a pool. */
    public String group(Pool pool) {
        return poolFor(pool).isDefault() ? group() : group() + "-" + pool;
    }

    /** The topic that holds the input of the workers that take jobs of a pool. */
    public String topic(Pool pool) {
        return poolFor(pool).isDefault() ? input.topic() : input.topic() + TOPIC_SEPARATOR + pool;
    }

    /** The pool whose input a topic holds; empty if the topic is no input of this stage. */
    public Optional<Pool> poolOf(String topic) {
        if (topic.equals(input.topic())) {
            return Optional.of(Pool.DEFAULT);
        }
        String prefix = input.topic() + TOPIC_SEPARATOR;
        if (!pooled || !topic.startsWith(prefix)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Pool(topic.substring(prefix.length()))).filter(pool -> !pool.isDefault());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The value of the label {@code stage} in metrics. */
    public String metricsLabel() {
        return stage.wireName();
    }

    /** Returns a job's work in the stage, in units that its time is proportional to. */
    public double workUnits(JobSpec spec) {
        return workUnits.applyAsDouble(spec);
    }

    /** Returns the time that a worker may go without reporting on a job, unless configured otherwise. */
    public Duration silence() {
        return silence;
    }

    /** The part of a job's progress that the stage is, in percent. */
    public double progressShare() {
        return progressShare;
    }

    /** Returns the way to make the stage's own input; null for stages that every job passes. */
    @Nullable
    StageRequest request() {
        return request;
    }

    @Override
    public String toString() {
        return stage + " (" + input + " → " + output + ")";
    }

    /** Builds a {@link StageDefinition}. */
    public static final class Builder {

        private final Stage stage;
        private @Nullable EventType input;
        private @Nullable EventType output;
        private @Nullable StageRequest request;
        private boolean queued;
        private boolean pooled;
        private ToDoubleFunction<JobSpec> workUnits = WorkUnits.jobs();
        private Duration silence = DEFAULT_SILENCE;
        private double progressShare;

        private Builder(Stage stage) {
            this.stage = stage;
        }

        /** Sets the events that the stage takes. */
        public Builder takes(EventType type) {
            input = type;
            return this;
        }

        /** Sets the events that the stage gives. */
        public Builder gives(EventType type) {
            output = type;
            return this;
        }

        /**
         * Makes the stage one that only some jobs pass. Its input is then a request of its own, and its output must be
         * of the type that it was requested with, because that is what its successor takes.
         *
         * @param from the record that the stage before gives
         * @param appliesTo which jobs pass the stage; the same answer for the same specification, always
         * @param wrapper makes the stage's input of that record
         */
        public <E extends StageEvent> Builder requestedWith(
                Class<E> from, Predicate<JobSpec> appliesTo, Function<E, ? extends StageEvent> wrapper) {
            request = new StageRequest(from, appliesTo, event -> wrapper.apply(from.cast(event)));
            return this;
        }

        /** Lets the stage's workers share a queue: for work that takes long. */
        public Builder queued() {
            queued = true;
            return this;
        }

        /** Lets the stage's workers be divided into pools by the bundles that they serve. */
        public Builder pooled() {
            pooled = true;
            return this;
        }

        /** Sets what the stage's time is proportional to; one per job if nothing is set. */
        public Builder work(ToDoubleFunction<JobSpec> units) {
            workUnits = units;
            return this;
        }

        /** Sets how long a worker may say nothing of a job that it has taken; an hour if nothing is set. */
        public Builder silence(Duration longest) {
            silence = longest;
            return this;
        }

        /** Sets the part of a job's progress that the stage is, in percent; none if nothing is set. */
        public Builder progressShare(double percent) {
            progressShare = percent;
            return this;
        }

        /** Checks that nothing is missing. */
        public StageDefinition build() {
            if (input == null || output == null) {
                throw new PipelineException("stage " + stage + ": has no " + (input == null ? "input" : "output")
                        + "; valid is an event type, given with " + (input == null ? "takes" : "gives"));
            }
            if (!(progressShare >= 0 && progressShare <= 100)) {
                throw new PipelineException(
                        "stage " + stage + ": progressShare is " + progressShare + "; valid are 0 to 100 (percent)");
            }
            if (silence.isNegative() || silence.isZero()) {
                throw new PipelineException(
                        "stage " + stage + ": silence is " + silence + "; valid are durations over zero");
            }
            return new StageDefinition(this, input, output);
        }
    }
}
