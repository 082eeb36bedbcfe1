package dev.galatea.onnx;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.TensorInfo;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of the states that a model carries from one chunk of a clip to the next, read off its graph: states are f32
 * [B, C, n, H·s, W·s] with fixed C and n, and their last two dimensions are named {@code H}, {@code 2*H} and so on,
 * after those of the model's clip. Immutable.
 */
final class StateLayout {

    /** The input that is 1 for the first chunk of a clip and 0 for all others: i64 [1]. */
    static final String FIRST = "first";
    /** How the names of inputs with states begin. */
    static final String STATE = "state.";
    /** How the names of the outputs begin that are the same states after a chunk. */
    static final String NEXT = "next.";

    private static final int RANK = 5;
    private static final int HEIGHT = 3;
    private static final int WIDTH = 4;

    private final SortedMap<String, Shape> shapes;

    private StateLayout(SortedMap<String, Shape> shapes) {
        this.shapes = shapes;
    }

    /** Tells whether a model with these inputs carries a state. */
    static boolean isAmong(Set<String> inputs) {
        return inputs.stream().anyMatch(StateLayout::owns);
    }

    /** Tells whether an input has to do with the state. */
    static boolean owns(String input) {
        return input.equals(FIRST) || input.startsWith(STATE);
    }

    /** Explains what is wrong with the inputs and outputs for states; an empty text if nothing is. */
    static String mismatch(Map<String, NodeInfo> inputs, Map<String, NodeInfo> outputs) {
        StringJoiner problems = new StringJoiner("; ");
        require("input '" + FIRST + "'", inputs.get(FIRST), TensorType.i64(1), problems);
        TensorType type = TensorType.floats(RANK);
        boolean any = false;
        for (String input : new TreeMap<>(inputs).keySet()) {
            if (input.startsWith(STATE)) {
                any = true;
                String output = NEXT + input.substring(STATE.length());
                require("input '" + input + "'", inputs.get(input), type, problems);
                require("output '" + output + "'", outputs.get(output), type, problems);
            }
        }
        if (!any) {
            problems.add("input '" + FIRST + "' is not valid without inputs '" + STATE + "*'");
        }
        return problems.toString();
    }

    private static void require(String what, @Nullable NodeInfo node, TensorType type, StringJoiner problems) {
        if (node == null) {
            problems.add(what + " is missing");
        } else if (!type.accepts(node)) {
            problems.add(what + " is " + TensorType.describe(node) + "; valid is " + type);
        }
    }

    /**
     * Reads the layout of a model whose states have no {@link #mismatch}.
     *
     * @param clip the input that holds the clip, of rank 5
     * @throws IllegalArgumentException if the graph does not say how large a state is
     */
    static StateLayout of(String clip, Map<String, NodeInfo> inputs) {
        TensorInfo frame = info(inputs, clip);
        SortedMap<String, Shape> shapes = new TreeMap<>();
        for (String name : inputs.keySet()) {
            if (name.startsWith(STATE)) {
                TensorInfo state = info(inputs, name);
                shapes.put(
                        name,
                        new Shape(
                                fixed(name, state, 1),
                                fixed(name, state, 2),
                                Ratio.of(clip, frame, name, state, HEIGHT),
                                Ratio.of(clip, frame, name, state, WIDTH)));
            }
        }
        return new StateLayout(shapes);
    }

    private static TensorInfo info(Map<String, NodeInfo> inputs, String name) {
        return (TensorInfo) Objects.requireNonNull(inputs.get(name)).getInfo();
    }

    private static long fixed(String name, TensorInfo info, int dimension) {
        long size = info.getShape()[dimension];
        if (size < 1) {
            throw new IllegalArgumentException(
                    "input '" + name + "': dimension " + dimension + " is not fixed in the graph; valid is a number");
        }
        return size;
    }

    /** The shapes of all states, by input, for a clip of that many rows and columns. */
    SortedMap<String, long[]> shapes(long height, long width) {
        SortedMap<String, long[]> sizes = new TreeMap<>();
        shapes.forEach((name, shape) -> sizes.put(name, new long[] {
            1,
            shape.channels(),
            shape.frames(),
            shape.height().of(name, height),
            shape.width().of(name, width)
        }));
        return sizes;
    }

    private record Shape(long channels, long frames, Ratio height, Ratio width) {}

    /** A size of a state for each {@code clip} rows or columns of the clip. */
    private record Ratio(long state, long clip) {

        private static final Pattern NAMED = Pattern.compile("(?:(\\d{1,6})\\*)?([A-Za-z_]\\w*)(?:\\*(\\d{1,6}))?");

        static Ratio of(String clip, TensorInfo clipInfo, String state, TensorInfo stateInfo, int dimension) {
            String base = clipInfo.getDimensionNames()[dimension].replace(" ", "");
            String name = stateInfo.getDimensionNames()[dimension].replace(" ", "");
            Matcher whole = NAMED.matcher(base);
            Matcher part = NAMED.matcher(name);
            if (!whole.matches() || !part.matches() || !whole.group(2).equals(part.group(2))) {
                throw new IllegalArgumentException("input '" + state + "': dimension " + dimension + " is '" + name
                        + "'; valid is a name like 'H' or '2*H' after dimension " + dimension + " of '" + clip
                        + "', which is '" + base + "'");
            }
            return new Ratio(factor(part), factor(whole));
        }

        private static long factor(Matcher name) {
            long before = name.group(1) == null ? 1 : Long.parseLong(name.group(1));
            long after = name.group(3) == null ? 1 : Long.parseLong(name.group(3));
            return before * after;
        }

        long of(String name, long size) {
            if (size * state % clip != 0) {
                throw new IllegalArgumentException(
                        "input '" + name + "': a size of " + size + " is not a multiple of " + clip);
            }
            return size * state / clip;
        }
    }
}
