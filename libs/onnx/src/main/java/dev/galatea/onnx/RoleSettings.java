package dev.galatea.onnx;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.ImageEmbeddings;
import dev.galatea.model.bundle.Upscalers;
import dev.galatea.onnx.OnnxConfig.Provider;

/**
 * How models of one role run.
 *
 * @param threads of one run
 */
record RoleSettings(Provider provider, int deviceId, int threads) {

    /** The settings of a role; those for all models if it has none of its own. */
    static RoleSettings of(OnnxConfig config, String role) {
        OnnxConfig.Roles roles = config.roles();
        if (Upscalers.isUpscaler(role) || role.equals(BundleManifest.INTERPOLATOR)) {
            return of(config, roles.decoder());
        }
        return switch (role) {
            case "textEncoder" -> of(config, roles.textEncoder());
            case "encoder", ImageEmbeddings.ROLE -> of(config, roles.encoder());
            case "denoiser" -> of(config, roles.denoiser());
            case "denoiserLowNoise" -> of(config, roles.denoiserLowNoise());
            case "decoder" -> of(config, roles.decoder());
            case "previewDecoder" -> of(config, roles.previewDecoder());
            default -> new RoleSettings(config.provider(), config.deviceId(), counted(config.threads()));
        };
    }

    private static RoleSettings of(OnnxConfig config, OnnxConfig.Role own) {
        return new RoleSettings(
                own.provider().orElse(config.provider()),
                own.deviceId().orElse(config.deviceId()),
                counted(own.threads().orElse(config.threads())));
    }

    private static int counted(int threads) {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
