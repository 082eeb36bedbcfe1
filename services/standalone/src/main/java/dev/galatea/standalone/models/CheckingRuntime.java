package dev.galatea.standalone.models;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import dev.galatea.onnx.OnnxConfig;
import dev.galatea.onnx.OnnxRuntime;

/** ONNX Runtime on the CPU, to open graphs without the system around them. */
public final class CheckingRuntime {

    private CheckingRuntime() {}

    /** A runtime with one thread. */
    public static OnnxRuntime create() {
        return new OnnxRuntime(new OneThread(), new SimpleMeterRegistry());
    }

    private static final class OneThread implements OnnxConfig {

        @Override
        public Provider provider() {
            return Provider.CPU;
        }

        @Override
        public int deviceId() {
            return 0;
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public boolean spinning() {
            return false;
        }

        @Override
        public OptionalLong memoryBudget() {
            return OptionalLong.empty();
        }

        @Override
        public Optional<Duration> unloadAfter() {
            return Optional.empty();
        }

        @Override
        public Roles roles() {
            return new SameForAll();
        }

        @Override
        public Cuda cuda() {
            return new Unused();
        }
    }

    /** Roles without settings of their own. */
    private record SameForAll() implements OnnxConfig.Roles, OnnxConfig.Role {

        @Override
        public OnnxConfig.Role textEncoder() {
            return this;
        }

        @Override
        public OnnxConfig.Role encoder() {
            return this;
        }

        @Override
        public OnnxConfig.Role denoiser() {
            return this;
        }

        @Override
        public OnnxConfig.Role denoiserLowNoise() {
            return this;
        }

        @Override
        public OnnxConfig.Role decoder() {
            return this;
        }

        @Override
        public OnnxConfig.Role previewDecoder() {
            return this;
        }

        @Override
        public Optional<OnnxConfig.Provider> provider() {
            return Optional.empty();
        }

        @Override
        public OptionalInt deviceId() {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt threads() {
            return OptionalInt.empty();
        }
    }

    /** Options that the CPU has no use for. */
    private record Unused() implements OnnxConfig.Cuda {

        @Override
        public OptionalLong gpuMemLimit() {
            return OptionalLong.empty();
        }

        @Override
        public Optional<OnnxConfig.ArenaExtendStrategy> arenaExtendStrategy() {
            return Optional.empty();
        }

        @Override
        public Optional<OnnxConfig.ConvAlgoSearch> cudnnConvAlgoSearch() {
            return Optional.empty();
        }

        @Override
        public Optional<Boolean> useTf32() {
            return Optional.empty();
        }
    }
}
