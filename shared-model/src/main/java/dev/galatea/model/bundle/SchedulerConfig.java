package dev.galatea.model.bundle;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

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
    @JsonSubTypes.Type(value = SchedulerConfig.UniPcFlow.class, name = SchedulerConfig.UniPcFlow.NAME),
    @JsonSubTypes.Type(value = SchedulerConfig.FlowMatchRenoise.class, name = SchedulerConfig.FlowMatchRenoise.NAME),
    @JsonSubTypes.Type(value = SchedulerConfig.Ddim.class, name = SchedulerConfig.Ddim.NAME)
})
public sealed interface SchedulerConfig {

    /** The names of all schedulers, sorted. */
    List<String> NAMES = List.of(
            Ddim.NAME,
            DpmSolver2mFlow.NAME,
            FlowMatchEuler.NAME,
            FlowMatchEulerDynamic.NAME,
            FlowMatchRenoise.NAME,
            UniPcFlow.NAME);

    /** The name in manifests and jobs. */
    String name();

    /** The timestep that stands for noise alone. */
    int trainTimesteps();

    /** The kinds of prediction that the scheduler can step with. */
    Set<Prediction> predictions();

    /** Describes the first parameter whose value is not valid ({@code field: is value; valid are …}); empty if none. */
    Optional<String> problem();

    /** The one number of steps that the scheduler can go; empty if a job may choose. */
    default OptionalInt fixedSteps() {
        return OptionalInt.empty();
    }

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

        /** Handles {@link FlowMatchRenoise}. */
        R flowMatchRenoise(FlowMatchRenoise config);

        /** Handles {@link Ddim}. */
        R ddim(Ddim config);
    }

    /**
     * Euler's method along a flow, in even steps, or at the noise levels of a list, that are moved by a fixed shift.
     *
     * @param shift moves steps towards the noisy end (above 1) or the clean end (below 1); 1 is none
     * @param sigmas the noise levels before each step, before the shift and without the 0 at the end, as distilled
     *     models are made for them; even steps if absent
     * @param lastSigma the noise level before the last of even steps, before the shift; 1/steps if absent
     */
    record FlowMatchEuler(
            double shift,
            int trainTimesteps,
            @Since(2) @Nullable List<Double> sigmas,
            @Since(2) @Nullable Double lastSigma)
            implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "flow-match-euler";

        public FlowMatchEuler {
            sigmas = sigmas == null ? null : List.copyOf(sigmas);
        }

        /** Even steps. */
        public FlowMatchEuler(double shift, int trainTimesteps) {
            this(shift, trainTimesteps, null, null);
        }

        @Override
        public OptionalInt fixedSteps() {
            return SchedulerRules.listed(sigmas);
        }

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
            return SchedulerRules.shiftProblem(shift)
                    .or(() -> SchedulerRules.trainTimestepsProblem(trainTimesteps))
                    .or(() -> SchedulerRules.sigmasProblem(sigmas))
                    .or(this::lastSigmaProblem);
        }

        private Optional<String> lastSigmaProblem() {
            boolean alone = lastSigma == null || sigmas == null;
            boolean part = lastSigma == null || SchedulerRules.isPart(lastSigma);
            return SchedulerRules.unless(alone, "lastSigma", lastSigma, "none beside sigmas")
                    .or(() -> SchedulerRules.unless(part, "lastSigma", lastSigma, SchedulerRules.PARTS));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.flowMatchEuler(this);
        }
    }

    /**
     * Euler's method along a flow, in even steps that are moved the further, the more tokens a clip has: by an exponent
     * on the line through {@code baseShift} at {@code baseTokens} and {@code maxShift} at {@code maxTokens}.
     *
     * @param baseTokens 256 unless the manifest says so
     * @param maxTokens 4096 unless the manifest says so; clips may have more
     * @param baseShift 0.5 unless the manifest says so
     * @param maxShift 1.15 unless the manifest says so
     * @param terminal the noise level before the last step, which the others are stretched to; as they are if absent
     */
    record FlowMatchEulerDynamic(
            int trainTimesteps,
            @Since(2) Integer baseTokens,
            @Since(2) Integer maxTokens,
            @Since(2) Double baseShift,
            @Since(2) Double maxShift,
            @Since(2) @Nullable Double terminal)
            implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "flow-match-euler-dynamic";

        public FlowMatchEulerDynamic {
            baseTokens = baseTokens == null ? Integer.valueOf(256) : baseTokens;
            maxTokens = maxTokens == null ? Integer.valueOf(4096) : maxTokens;
            baseShift = baseShift == null ? Double.valueOf(0.5) : baseShift;
            maxShift = maxShift == null ? Double.valueOf(1.15) : maxShift;
        }

        /** The line that most models share. */
        public FlowMatchEulerDynamic(int trainTimesteps) {
            this(trainTimesteps, 256, 4096, 0.5, 1.15, null);
        }

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
            return SchedulerRules.trainTimestepsProblem(trainTimesteps)
                    .or(this::lineProblem)
                    .or(this::terminalProblem);
        }

        private Optional<String> lineProblem() {
            return SchedulerRules.unless(baseTokens >= 1, "baseTokens", baseTokens, "1 and above")
                    .or(() -> SchedulerRules.unless(
                            maxTokens > baseTokens, "maxTokens", maxTokens, "above " + baseTokens + " (baseTokens)"))
                    .or(() ->
                            SchedulerRules.unless(Double.isFinite(baseShift), "baseShift", baseShift, "finite numbers"))
                    .or(() -> SchedulerRules.unless(Double.isFinite(maxShift), "maxShift", maxShift, "finite numbers"));
        }

        private Optional<String> terminalProblem() {
            boolean fine = terminal == null || SchedulerRules.isPart(terminal);
            return SchedulerRules.unless(fine, "terminal", terminal, SchedulerRules.PARTS);
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
            return SchedulerRules.shiftProblem(shift).or(() -> SchedulerRules.trainTimestepsProblem(trainTimesteps));
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
            return SchedulerRules.shiftProblem(shift).or(() -> SchedulerRules.trainTimestepsProblem(trainTimesteps));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.uniPcFlow(this);
        }
    }

    /**
     * Along a flow, each step to the clip and, but for the last, back to the next noise level with fresh noise: what
     * some distilled models are made for.
     *
     * @param shift moves steps towards the noisy end (above 1) or the clean end (below 1); 1 is none
     * @param sigmas the noise levels before each step, before the shift and without the 0 at the end; even steps if
     *     absent
     */
    @Since(2)
    record FlowMatchRenoise(
            double shift, int trainTimesteps, @Nullable List<Double> sigmas) implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "flow-match-renoise";

        public FlowMatchRenoise {
            sigmas = sigmas == null ? null : List.copyOf(sigmas);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<Prediction> predictions() {
            return EnumSet.of(Prediction.FLOW, Prediction.SAMPLE);
        }

        @Override
        public OptionalInt fixedSteps() {
            return SchedulerRules.listed(sigmas);
        }

        @Override
        public Optional<String> problem() {
            return SchedulerRules.shiftProblem(shift)
                    .or(() -> SchedulerRules.trainTimestepsProblem(trainTimesteps))
                    .or(() -> SchedulerRules.sigmasProblem(sigmas));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.flowMatchRenoise(this);
        }
    }

    /**
     * DDIM (Song et al., 2021) of a process that keeps the variance, as CogVideoX has it.
     *
     * @param betaStart the noise that the first training timestep adds, as a part of the variance
     * @param betaEnd the noise that the last one adds
     * @param snrShift divides the ratio of signal to noise; 1 unless the manifest says so
     * @param rescaleZeroSnr true if no signal is left at the last training timestep (Lin et al., 2024)
     */
    @Since(2)
    record Ddim(
            int trainTimesteps,
            double betaStart,
            double betaEnd,
            BetaSchedule betaSchedule,
            Double snrShift,
            boolean rescaleZeroSnr,
            TimestepSpacing timestepSpacing)
            implements SchedulerConfig {

        /** The name in manifests and jobs. */
        public static final String NAME = "ddim";

        /** Above any known model's. */
        private static final int MAX_TRAIN_TIMESTEPS = 1_000_000;

        public Ddim {
            snrShift = snrShift == null ? Double.valueOf(1) : snrShift;
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<Prediction> predictions() {
            // Where no signal is left, the noise alone does not say what the clip is.
            return rescaleZeroSnr
                    ? EnumSet.of(Prediction.V, Prediction.SAMPLE)
                    : EnumSet.of(Prediction.EPSILON, Prediction.V, Prediction.SAMPLE);
        }

        @Override
        public Optional<String> problem() {
            if (betaSchedule == null || timestepSpacing == null) {
                return Optional.of((betaSchedule == null ? "betaSchedule" : "timestepSpacing") + ": is missing");
            }
            String ends = betaStart + " (betaStart) to below 1";
            boolean whole = trainTimesteps >= 2 && trainTimesteps <= MAX_TRAIN_TIMESTEPS;
            return SchedulerRules.unless(SchedulerRules.isPart(betaStart), "betaStart", betaStart, SchedulerRules.PARTS)
                    .or(() -> SchedulerRules.unless(betaEnd >= betaStart && betaEnd < 1, "betaEnd", betaEnd, ends))
                    .or(() -> SchedulerRules.unless(
                            SchedulerRules.isPositive(snrShift), "snrShift", snrShift, SchedulerRules.POSITIVE))
                    .or(() -> SchedulerRules.unless(
                            whole, "trainTimesteps", trainTimesteps, "2 to " + MAX_TRAIN_TIMESTEPS));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.ddim(this);
        }
    }
}
