package dev.galatea.model.bundle;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The sizes in pixels that clips of a bundle can have: those that its denoiser works at, and each of them times the
 * scale of one of the bundle's upscalers.
 *
 * @param widths widths that the denoiser works at
 * @param heights heights that the denoiser works at
 * @param scales ascending, from 1 on
 */
public record PictureSizes(Grid widths, Grid heights, List<Integer> scales) {

    public PictureSizes {
        scales = List.copyOf(scales);
    }

    /** The least scale that makes a size out of one that the denoiser works at; empty if the size is not valid. */
    public OptionalInt scale(int width, int height) {
        return scales.stream()
                .mapToInt(scale -> scale)
                .filter(scale -> width % scale == 0 && height % scale == 0)
                .filter(scale -> widths.contains(width / scale) && heights.contains(height / scale))
                .findFirst();
    }

    /** The valid size that is nearest to another one, as {@code WIDTHxHEIGHT}; of two, the one of the lesser scale. */
    public String nearest(int width, int height) {
        return scales.stream()
                .map(scale -> new Size(widths.nearest((double) width / scale), heights.nearest((double) height / scale))
                        .times(scale))
                .min(Comparator.comparingLong(size -> size.distance(width, height)))
                .orElseThrow()
                .toString();
    }

    /** All valid sizes, for a refusal. */
    public String describe() {
        String sizes = widths.describe() + " by " + heights.describe();
        if (scales.size() == 1) {
            return sizes;
        }
        String factors = scales.stream().skip(1).map(String::valueOf).collect(Collectors.joining(", "));
        return sizes + ", or both times " + factors.replaceFirst(", (\\d+)$", " or $1");
    }

    private record Size(int width, int height) {

        Size times(int scale) {
            return new Size(width * scale, height * scale);
        }

        long distance(int otherWidth, int otherHeight) {
            return Math.abs((long) width - otherWidth) + Math.abs((long) height - otherHeight);
        }

        @Override
        public String toString() {
            return width + "x" + height;
        }
    }
}
