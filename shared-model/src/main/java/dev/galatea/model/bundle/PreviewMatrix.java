package dev.galatea.model.bundle;

import java.util.List;

/**
 * Previews by one linear map of each latent position to a colour, for models whose decoder is too large for previews.
 *
 * @param latentToRgb red, green and blue in [-1, 1] for each channel of the normalised latents
 * @param bias added to red, green and blue
 */
public record PreviewMatrix(List<List<Double>> latentToRgb, List<Double> bias) {

    public PreviewMatrix {
        latentToRgb = latentToRgb == null
                ? List.of()
                : latentToRgb.stream().map(List::copyOf).toList();
        bias = bias == null ? List.of() : List.copyOf(bias);
    }
}
