package dev.galatea.model.bundle;

/**
 * The whole numbers {@code first + k·step} from {@code min} to {@code max}.
 *
 * @param step at least 1
 */
public record Grid(int min, int max, int first, int step) {

    public Grid {
        if (step < 1 || first < 0 || lowest(min, first, step) > max) {
            throw new IllegalArgumentException(
                    "no value of " + first + " + k·" + step + " lies in " + min + " to " + max);
        }
    }

    /** Tells whether a value is on the grid. */
    public boolean contains(int value) {
        return value >= min && value <= max && Math.floorMod(value - first, step) == 0;
    }

    /** The greatest valid value that is not over {@code value}; the lowest if there is none. */
    public int below(int value) {
        int bounded = Math.min(max, Math.max(lowest(), value));
        return bounded - Math.floorMod(bounded - first, step);
    }

    /** The least valid value that is not under {@code value}; the highest if there is none. */
    public int above(int value) {
        int below = below(value);
        return below >= value || below + step > max ? below : below + step;
    }

    /** The valid value next to {@code value}; of two, the greater. */
    public int nearest(double value) {
        int whole = (int) Math.floor(Math.min(max, Math.max(min, value)));
        int below = below(whole);
        int above = above(whole + 1);
        return value - below < above - value ? below : above;
    }

    /** The nearest valid values and the whole range, for a refusal. */
    public String explain(int value) {
        if (lowest() == highest()) {
            return "valid is " + lowest();
        }
        int below = below(value);
        int above = above(value);
        String nearest = below == above ? "nearest valid is " + below : "nearest valid are " + below + " and " + above;
        return nearest + " (" + describe() + ")";
    }

    /** The whole range, for a refusal. */
    public String describe() {
        if (lowest() == highest()) {
            return String.valueOf(lowest());
        }
        String range = lowest() + " to " + highest();
        return step == 1 ? range : range + " in steps of " + step;
    }

    /** The least valid value. */
    public int lowest() {
        return lowest(min, first, step);
    }

    /** The greatest valid value. */
    public int highest() {
        return below(max);
    }

    private static int lowest(int min, int first, int step) {
        return min + Math.floorMod(first - min, step);
    }
}
