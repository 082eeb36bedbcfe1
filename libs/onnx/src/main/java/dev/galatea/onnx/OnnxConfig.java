package dev.galatea.onnx;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.galatea.model.bundle.ExecutionProvider;

/** Settings of ONNX Runtime, the same for every model of a process but for what {@link Roles} says. */
@ConfigMapping(prefix = "galatea.onnx")
public interface OnnxConfig {

    /** {@code cpu} or {@code cuda}. */
    @WithDefault("cpu")
    ExecutionProvider provider();

    /** The number of the GPU, counted from 0; used by {@code cuda} only. */
    @WithDefault("0")
    int deviceId();

    /** Threads that one run of a model uses; 0 takes as many as there are processors. */
    @WithDefault("0")
    int threads();

    /**
     * {@code auto} opens the variants that a bundle has of a model for its provider; {@code none} opens models' own
     * files alone.
     */
    @WithDefault("auto")
    Variants variants();

    /**
     * Lets threads that wait for work inside a run wait busily: faster when the processors belong to the model, slower
     * when other work wants them.
     */
    @WithDefault("true")
    boolean spinning();

    /**
     * Bytes that the files of all loaded models may have together. A bundle that can't fit stops the start; models that
     * nobody uses are closed for others, those used longest ago first. Without it, nothing is counted.
     */
    OptionalLong memoryBudget();

    /** What is different for the models of one role. */
    Roles roles();

    /** Options of {@code cuda}. */
    Cuda cuda();

    /** Time after which models that nobody uses are closed; without it, they are kept while there is room. */
    Optional<Duration> unloadAfter();

    /** The roles of models, as bundles name them. */
    interface Roles {

        /** Text encoders; {@code cpu} leaves the GPU's memory to the denoiser. */
        Role textEncoder();

        /** Encoders of references, those of a bundle's role {@code imageEncoder} among them. */
        Role encoder();

        /** Denoisers. */
        Role denoiser();

        /** Denoisers of low noise levels, of models that have two. */
        Role denoiserLowNoise();

        /** Decoders of clips. */
        Role decoder();

        /** Decoders of previews, beside a denoiser. */
        Role previewDecoder();
    }

    /** The settings of one role; what is absent is as for all models. */
    interface Role {

        /** {@code cpu} or {@code cuda}. */
        Optional<ExecutionProvider> provider();

        /** The number of the GPU, counted from 0. */
        OptionalInt deviceId();

        /** Threads that one run of a model uses; 0 takes as many as there are processors. */
        OptionalInt threads();

        /** {@code auto} or {@code none}. */
        Optional<Variants> variants();
    }

    /** Which of a model's files are opened. */
    enum Variants {
        /** The first variant for the provider, or else the model's own file. */
        AUTO,
        /** The model's own file. */
        NONE
    }

    /** Options of ONNX Runtime's CUDA provider, under its own names; what is absent is as the provider has it. */
    interface Cuda {

        /** Bytes of GPU memory that each model may take for its weights and runs. */
        OptionalLong gpuMemLimit();

        /** {@code next-power-of-two}, or {@code same-as-requested}, which takes less and more often. */
        Optional<ArenaExtendStrategy> arenaExtendStrategy();

        /** {@code exhaustive}, {@code heuristic} or {@code default}: the search for the fastest convolution. */
        Optional<ConvAlgoSearch> cudnnConvAlgoSearch();

        /** True to multiply 32-bit floats with 10 bits of fraction, which is faster. */
        Optional<Boolean> useTf32();
    }

    /** The amounts in which GPU memory is taken. */
    enum ArenaExtendStrategy {
        /** Ever larger ones. */
        NEXT_POWER_OF_TWO,
        /** Those that are asked for. */
        SAME_AS_REQUESTED
    }

    /** The search for the fastest convolution. */
    enum ConvAlgoSearch {
        /** Tries all, at the first run of each shape. */
        EXHAUSTIVE,
        /** Asks cuDNN. */
        HEURISTIC,
        /** Takes one for all. */
        DEFAULT
    }
}
