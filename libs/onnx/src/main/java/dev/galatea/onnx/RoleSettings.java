package dev.galatea.onnx;

import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.bundle.ExecutionProvider;
import dev.galatea.model.bundle.ImageEmbeddings;
import dev.galatea.model.bundle.StepCaching;
import dev.galatea.model.bundle.Upscalers;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.OnnxConfig.Variants;

/**
 * How models of one role run.
 *
 * @param threads of one run
 */
record RoleSettings(ExecutionProvider provider, int deviceId, int threads, Variants variants) {

    /** Decoders of previews are decoders with settings of their own. */
    private static final String PREVIEW_DECODER = "previewDecoder";

    /** The settings of a role; those for all models if it has none of its own. */
    static RoleSettings of(OnnxConfig config, String role) {
        OnnxConfig.Roles roles = config.roles();
        if (Upscalers.isUpscaler(role) || role.equals(BundleManifest.INTERPOLATOR)) {
            return of(config, roles.decoder());
        }
        return switch (role) {
            case "textEncoder" -> of(config, roles.textEncoder());
            case "encoder", ImageEmbeddings.ROLE -> of(config, roles.encoder());
            case "denoiser", StepCaching.PROBE_ROLE -> of(config, roles.denoiser());
            case "denoiserLowNoise" -> of(config, roles.denoiserLowNoise());
            case "decoder" -> of(config, roles.decoder());
            case PREVIEW_DECODER -> of(config, roles.previewDecoder());
            default ->
                new RoleSettings(config.provider(), config.deviceId(), counted(config.threads()), config.variants());
        };
    }

    /** The role in manifests of the models that are opened for a role. */
    static String fileRole(String role) {
        return role.equals(PREVIEW_DECODER) ? "decoder" : role;
    }

    /** The file of a bundle that these settings open for a role. */
    ChosenFile choose(Bundle bundle, String role) throws PoisonException, RetryableException {
        return BundleFiles.choose(bundle, fileRole(role), served());
    }

    /** The provider whose variants are opened; null if none are. */
    private @Nullable ExecutionProvider served() {
        return switch (variants) {
            case AUTO -> provider;
            case NONE -> null;
        };
    }

    private static RoleSettings of(OnnxConfig config, OnnxConfig.Role own) {
        return new RoleSettings(
                own.provider().orElse(config.provider()),
                own.deviceId().orElse(config.deviceId()),
                counted(own.threads().orElse(config.threads())),
                own.variants().orElse(config.variants()));
    }

    private static int counted(int threads) {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
