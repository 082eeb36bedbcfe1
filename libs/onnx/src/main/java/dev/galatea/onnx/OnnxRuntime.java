package dev.galatea.onnx;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jboss.logging.Logger;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.bundle.ExecutionProvider;
import dev.galatea.model.bundle.FileVariant;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/** Opens models. Thread-safe; one native environment serves the whole process. */
@ApplicationScoped
public class OnnxRuntime {

    private static final Logger LOG = Logger.getLogger(OnnxRuntime.class);

    private final OnnxConfig config;
    private final MeterRegistry metrics;
    private final OrtEnvironment environment = NativeEnvironment.get();

    /** Refuses a provider that this build of ONNX Runtime does not have, so that a wrong set-up shows at the start. */
    public OnnxRuntime(OnnxConfig config, MeterRegistry metrics) {
        this.config = config;
        this.metrics = metrics;
        requireProvider("galatea.onnx.provider", config.provider());
        OnnxConfig.Roles roles = config.roles();
        requireProvider("text-encoder", roles.textEncoder());
        requireProvider("encoder", roles.encoder());
        requireProvider("denoiser", roles.denoiser());
        requireProvider("denoiser-low-noise", roles.denoiserLowNoise());
        requireProvider("decoder", roles.decoder());
        requireProvider("preview-decoder", roles.previewDecoder());
    }

    private static void requireProvider(String role, OnnxConfig.Role settings) {
        settings.provider()
                .ifPresent(provider -> requireProvider("galatea.onnx.roles." + role + ".provider", provider));
    }

    private static void requireProvider(String key, ExecutionProvider provider) {
        if (provider == ExecutionProvider.CUDA
                && !OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw new IllegalStateException(key + ": 'cuda' is not in this build of ONNX Runtime, which has "
                    + OrtEnvironment.getAvailableProviders()
                    + "; valid is cpu, or put onnxruntime_gpu in place of onnxruntime");
        }
    }

    /**
     * Loads a bundle's model for a role: the first variant for the provider that the role runs on, or else the model's
     * own file, once it is verified.
     *
     * @param role as in manifests, or {@code previewDecoder}, which is the decoder by settings and metrics of its own
     * @throws PoisonException {@code model_unreadable}, {@code model_interface}, or the file is not what the manifest
     *     says
     */
    public OnnxModel open(Bundle bundle, String role, OnnxSignature signature)
            throws PoisonException, RetryableException {
        ChosenFile chosen = choose(bundle, role);
        OnnxModel model = open(role, chosen.label(role), BundleFiles.verified(bundle, chosen), signature);
        FileVariant variant = chosen.variant();
        LOG.infof(
                "opened model bundle=%s role=%s provider=%s file=%s%s",
                bundle.manifest().name(),
                role,
                RoleSettings.of(config, role).provider().wireName(),
                chosen.entry().place(),
                variant == null
                        ? ""
                        : " variant=" + chosen.field() + " precision="
                                + variant.precision().wireName());
        return model;
    }

    /** The file that {@link #open(Bundle, String, OnnxSignature)} opens. */
    public ChosenFile choose(Bundle bundle, String role) throws PoisonException, RetryableException {
        return RoleSettings.of(config, role).choose(bundle, role);
    }

    /**
     * Loads a model.
     *
     * @param role as in the bundle's manifest; names the model in messages and metrics
     * @param file verified by the caller
     * @throws PoisonException {@code model_unreadable} or {@code model_interface}
     */
    public OnnxModel open(String role, Path file, OnnxSignature signature) throws PoisonException {
        return open(role, role, file, signature);
    }

    /** @param label names the model in messages */
    private OnnxModel open(String role, String label, Path file, OnnxSignature signature) throws PoisonException {
        OrtSession session;
        try (SessionOptions options = options(RoleSettings.of(config, role))) {
            session = environment.createSession(file.toString(), options);
        } catch (OrtException e) {
            throw unreadable(role, label, file, e);
        }
        Timer timer = Timer.builder("galatea.onnx.run")
                .description("Time inside ONNX Runtime")
                .tag("role", role)
                .register(metrics);
        OnnxModel model = new OnnxModel(label, environment, session, timer);
        try {
            model.requireSignature(signature);
            return model;
        } catch (PoisonException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Opens a file only to see that it can be opened and has the interface. Nothing is optimised or packed, so that
     * weights in external data stay on the disk: a model may be checked that is larger than this machine's memory.
     *
     * @param chosen what {@code file} is in its bundle
     * @return the dimensions of all inputs and outputs by their names; -1 for each that is not fixed
     * @throws PoisonException {@code model_unreadable} or {@code model_interface}
     */
    public Map<String, List<Long>> inspect(ChosenFile chosen, Path file, OnnxSignature signature)
            throws PoisonException {
        String role = chosen.role();
        try (SessionOptions options = options(RoleSettings.of(config, role))) {
            options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
            options.addConfigEntry("session.disable_prepacking", "1");
            try (OrtSession session = environment.createSession(file.toString(), options)) {
                String mismatch = signature.mismatch(session.getInputInfo(), session.getOutputInfo());
                if (!mismatch.isEmpty()) {
                    throw new PoisonException("model_interface", chosen.label() + ": " + mismatch);
                }
                Map<String, List<Long>> dimensions = new HashMap<>();
                session.getOutputInfo().forEach((name, node) -> dimensions.put(name, TensorType.dimensions(node)));
                session.getInputInfo().forEach((name, node) -> dimensions.put(name, TensorType.dimensions(node)));
                return dimensions;
            }
        } catch (OrtException e) {
            throw unreadable(role, chosen.label(), file, e);
        }
    }

    /** Tells whether a model could not be opened for nothing but that the provider has no kernel for its numbers. */
    public static boolean lacksKernel(PoisonException failure) {
        return failure.getCause() instanceof OrtException e && lacksKernel(e);
    }

    private static boolean lacksKernel(OrtException e) {
        return e.getCode() == OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED;
    }

    private PoisonException unreadable(String role, String label, Path file, OrtException e) {
        boolean noKernel = lacksKernel(e);
        String provider = RoleSettings.of(config, role).provider().wireName();
        return new PoisonException(
                "model_unreadable",
                label + ": ONNX Runtime can't load " + file + ": " + e.getMessage()
                        + (noKernel
                                ? "; galatea.onnx.provider is " + provider
                                        + ", which has no kernel for it: models of bfloat16 need cuda"
                                : ""),
                e);
    }

    private SessionOptions options(RoleSettings settings) throws OrtException {
        SessionOptions options = new SessionOptions();
        options.setIntraOpNumThreads(settings.threads());
        options.setInterOpNumThreads(1);
        options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setDeterministicCompute(true);
        // A plan of memory is kept for each shape, beside what the first run took: half as much again, and no faster.
        options.setMemoryPatternOptimization(false);
        options.addConfigEntry("session.intra_op.allow_spinning", config.spinning() ? "1" : "0");
        if (settings.provider() == ExecutionProvider.CUDA) {
            addCuda(options, settings.deviceId());
        }
        return options;
    }

    private void addCuda(SessionOptions options, int deviceId) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(deviceId)) {
            for (Map.Entry<String, String> option :
                    CudaOptions.of(config.cuda()).entrySet()) {
                cuda.add(option.getKey(), option.getValue());
            }
            options.addCUDA(cuda);
        }
    }
}
