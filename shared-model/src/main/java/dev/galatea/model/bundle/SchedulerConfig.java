package dev.galatea.model.bundle;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import dev.galatea.model.bundle.BundleManifest.Prediction;

/**
 * A scheduler of a manifest with its parameters; the property {@code name} says which one it is. A new scheduler is a
 * record here, a method of {@link Visitor} and a class of the denoising service.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SchedulerConfig.FlowMatchEuler.class, name = SchedulerConfig.FlowMatchEuler.NAME),
    @JsonSubTypes.Type(
            value = SchedulerConfig.FlowMatchEulerDynamic.class,
            name = SchedulerConfig.FlowMatchEulerDynamic.NAME),
    @JsonSubTypes.Type(value = SchedulerConfig.DpmSolver2mFlow.class, name = SchedulerConfig.DpmSolver2mFlow.NAME),
    @JsonSubTypes.Type(value = SchedulerConfig.UniPcFlow.class, name = SchedulerConfig.UniPcFlow.NAME)
})
public sealed interface SchedulerConfig {

    /** The names of all schedulers, sorted. */
    List<String> NAMES = List.of(DpmSolver2mFlow.NAME, FlowMatchEuler.NAME, FlowMatchEulerDynamic.NAME, UniPcFlow.NAME);

    /** The name in manifests and jobs. */
    String name();

    /** The timestep that stands for noise alone. */
    int trainTimesteps();

    /** The kinds of prediction that the scheduler can step with. */
    Set<Prediction> predictions();

    /** Describes the first parameter whose value is not valid ({@code field: is value; valid are …}); empty if none. */
    Optional<String> problem();

    /** Calls the visitor's method for this scheduler. */
    <R> R accept(Visitor<R> visitor);

    /**
     * Handles each scheduler.
     *
     * @param <R> the result
     */
    interface Visitor<R> {

        /** Handles {@link FlowMatchEuler}. */
        R flowMatchEuler(FlowMatchEuler config);

        /** Handles {@link FlowMatchEulerDynamic}. */
        R flowMatchEulerDynamic(FlowMatchEulerDynamic config);

        /** Handles {@link DpmSolver2mFlow}. */
        R dpmSolver2mFlow(DpmSolver2mFlow config);

        /** Handles {@link UniPcFlow}. */
        R uniPcFlow(UniPcFlow config);
    }

    /**
     * Euler's method along a flow, in even steps that are moved by a fixed shift.
     *
     * @param shift moves steps towards the noisy end (above 1) or the clean end (below 1); 1 is none
     */
    record FlowMatchEuler(double shift, int trainTimesteps) implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "flow-match-euler";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<Prediction> predictions() {
            return EnumSet.of(Prediction.FLOW);
        }

        @Override
        public Optional<String> problem() {
            return shiftProblem(shift).or(() -> trainTimestepsProblem(trainTimesteps));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.flowMatchEuler(this);
        }
    }

    /** Euler's method along a flow, in even steps that are moved the further, the more tokens a clip has. */
    record FlowMatchEulerDynamic(int trainTimesteps) implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "flow-match-euler-dynamic";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<Prediction> predictions() {
            return EnumSet.of(Prediction.FLOW);
        }

        @Override
        public Optional<String> problem() {
            return trainTimestepsProblem(trainTimesteps);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.flowMatchEulerDynamic(this);
        }
    }

    /**
     * DPM-Solver++ of second order along a flow: each step but the first and the last also uses the estimate before it
     * (Lu et al., 2022).
     *
     * @param shift moves steps towards the noisy end (above 1) or the clean end (below 1); 1 is none
     */
    record DpmSolver2mFlow(double shift, int trainTimesteps) implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "dpm-solver++-2m-flow";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<Prediction> predictions() {
            return EnumSet.of(Prediction.FLOW, Prediction.SAMPLE);
        }

        @Override
        public Optional<String> problem() {
            return shiftProblem(shift).or(() -> trainTimestepsProblem(trainTimesteps));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dpmSolver2mFlow(this);
        }
    }

    /**
     * UniPC of second order along a flow: each step corrects the one before it and uses two estimates (Zhao et al.,
     * 2023).
     *
     * @param shift moves steps towards the noisy end (above 1) or the clean end (below 1); 1 is none
     */
    @Since(2)
    record UniPcFlow(double shift, int trainTimesteps) implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "unipc-flow";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<Prediction> predictions() {
            return EnumSet.of(Prediction.FLOW, Prediction.SAMPLE);
        }

        @Override
        public Optional<String> problem() {
            return shiftProblem(shift).or(() -> trainTimestepsProblem(trainTimesteps));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.uniPcFlow(this);
        }
    }

    private static Optional<String> shiftProblem(double shift) {
        return shift > 0 && Double.isFinite(shift)
                ? Optional.empty()
                : Optional.of("shift: is " + shift + "; valid are finite numbers above 0");
    }

    private static Optional<String> trainTimestepsProblem(int trainTimesteps) {
        return trainTimesteps >= 1
                ? Optional.empty()
                : Optional.of("trainTimesteps: is " + trainTimesteps + "; valid are 1 and above");
    }
}
