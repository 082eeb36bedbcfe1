package dev.galatea.denoising.diffusion;

import java.util.ArrayList;
import java.util.List;

import dev.galatea.model.tensor.Tensor;

/**
 * Runs the elements of a batch in several runs, which takes the memory of one of them and more time. As thread-safe as
 * the denoiser that it splits for.
 *
 * @param size most elements of one run, at least 1
 */
public record SplitDenoiser(Denoiser denoiser, int size) implements Denoiser {

    public SplitDenoiser {
        if (size < 1) {
            throw new IllegalArgumentException(
                    "galatea.denoising.guidance-batch: is " + size + "; valid are 1 and above");
        }
    }

    @Override
    public List<Tensor> predict(List<Input> batch) {
        List<Tensor> predictions = new ArrayList<>(batch.size());
        for (int from = 0; from < batch.size(); from += size) {
            predictions.addAll(denoiser.predict(batch.subList(from, Math.min(batch.size(), from + size))));
        }
        return predictions;
    }
}
