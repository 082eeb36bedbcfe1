package dev.galatea.model.bundle;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The roles of models that draw decoded pictures larger. {@code upscalerX4}, for instance, draws each pixel as four by
 * four.
 */
public final class Upscalers {

    /** The largest scale. */
    public static final int MAX_SCALE = 8;

    private static final String PREFIX = "upscaler";

    private Upscalers() {}

    /** The role of the upscaler of a scale. */
    public static String role(int scale) {
        return PREFIX + "X" + scale;
    }

    /** Tells whether a role is that of an upscaler, or is meant to be. */
    public static boolean isUpscaler(String role) {
        return role.startsWith(PREFIX);
    }

    /** All roles that upscalers can have. */
    public static List<String> roles() {
        return IntStream.rangeClosed(2, MAX_SCALE).mapToObj(Upscalers::role).toList();
    }

    /** The scales at which clips can be drawn, ascending: 1, and those of upscalers. */
    static List<Integer> scales(Map<String, ?> files) {
        return Stream.concat(
                        Stream.of(1),
                        IntStream.rangeClosed(2, MAX_SCALE).boxed().filter(scale -> files.containsKey(role(scale))))
                .toList();
    }
}
