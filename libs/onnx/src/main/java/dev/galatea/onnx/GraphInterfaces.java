package dev.galatea.onnx;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.BundleManifest.Text;
import dev.galatea.model.bundle.ImageEmbeddings;
import dev.galatea.model.bundle.StepCaching;
import dev.galatea.model.bundle.Upscalers;

/** The interfaces that the graphs of a bundle must have. */
public final class GraphInterfaces {

    private GraphInterfaces() {}

    /** The interface of a role's graph; empty if the role has none, such as a tokenizer. */
    public static Optional<OnnxSignature> of(BundleManifest manifest, String role) {
        return switch (role) {
            case "denoiser", "denoiserLowNoise" -> Optional.of(denoiser(manifest));
            case "decoder" -> Optional.of(OnnxSignature.DECODER);
            case "encoder" -> Optional.of(OnnxSignature.ENCODER);
            case ImageEmbeddings.ROLE -> Optional.of(OnnxSignature.IMAGE_ENCODER);
            case StepCaching.PROBE_ROLE -> Optional.of(probe(manifest));
            case BundleManifest.INTERPOLATOR -> Optional.of(OnnxSignature.INTERPOLATOR);
            case "textEncoder" -> Optional.of(textEncoder(manifest.text()));
            default -> Upscalers.isUpscaler(role) ? Optional.of(OnnxSignature.UPSCALER) : Optional.empty();
        };
    }

    /** The interface of a bundle's denoisers, which may look at a picture. */
    public static OnnxSignature denoiser(BundleManifest manifest) {
        return manifest.imageEmbeddings() == null
                ? OnnxSignature.DENOISER
                : OnnxSignature.DENOISER.with("image_embeddings", TensorType.floats(3));
    }

    /** The interface of the denoiser's probe, which has the denoiser's inputs. */
    public static OnnxSignature probe(BundleManifest manifest) {
        return denoiser(manifest).giving("probe", TensorType.floats(3));
    }

    /** Each input i64 [1, L]; the output is known by its name, or by its shape at run time. */
    public static OnnxSignature textEncoder(Text text) {
        Map<String, TensorType> inputs =
                text.inputs().stream().collect(Collectors.toMap(Function.identity(), input -> TensorType.i64(2)));
        String output = text.output();
        return new OnnxSignature(inputs, output == null ? Map.of() : Map.of(output, TensorType.floats(3)));
    }
}
