package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.galatea.model.bundle.OnnxExternalData.MalformedModelException;

/**
 * Finds the self-attentions of an ONNX graph for which ONNX Runtime makes the whole matrix of scores, tokens by tokens,
 * and how many heads each has. Reads the protobuf wire format of the file in one pass, with bounded memory:
 *
 * <pre>
 * ModelProto      7 graph: GraphProto    25 functions: FunctionProto (7 node: NodeProto)
 * GraphProto      1 node: NodeProto      11 input, 12 output, 13 value_info: ValueInfoProto
 * NodeProto       1 input, 2 output, 3 name, 4 op_type, 7 domain: string   5 attribute: AttributeProto
 * AttributeProto  1 name: string         3 i: int64                        6 g, 11 graphs: GraphProto
 * ValueInfoProto  1 name: string         2 type: TypeProto (1 tensor_type: 1 elem_type, 2 shape: 1 dim)
 * Dimension       1 dim_value: int64     2 dim_param: string
 * </pre>
 *
 * What is counted:
 *
 * <ul>
 *   <li>{@code Attention} of opset 23 and of com.microsoft, unless the shapes say that queries and keys are of
 *       different lengths;
 *   <li>{@code MultiHeadAttention} of com.microsoft with a mask or a bias, by which it leaves its path without the
 *       matrix, if the shapes say that queries and keys are of the same length;
 *   <li>{@code Softmax} over the last of two dimensions of the same length, if the shapes say so.
 * </ul>
 *
 * <p>What shapes don't say counts as one head, so that the count is a lower bound.
 */
final class OnnxAttention {

    /** As deep as protobuf's own parsers go. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_TEXT_BYTES = 4096;
    /** More attentions than any honest model has. */
    private static final int MAX_NODES = 100_000;

    private static final String ATTENTION = "Attention";
    private static final String MULTI_HEAD_ATTENTION = "MultiHeadAttention";
    private static final String SOFTMAX = "Softmax";
    private static final Set<String> OPERATORS = Set.of(ATTENTION, MULTI_HEAD_ATTENTION, SOFTMAX);
    private static final List<String> HEADS = List.of("q_num_heads", "num_heads");

    private static final int FLOAT16 = 10;
    private static final int BFLOAT16 = 16;

    private final ProtobufReader in;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Value> values = new HashMap<>();

    private OnnxAttention(ProtobufReader in) {
        this.in = in;
    }

    /**
     * An attention with a whole matrix of scores.
     *
     * @param operator such as {@code Attention}
     * @param node the name of its node
     * @param heads at least as many matrices of tokens × tokens
     * @param elementBytes the size of a score, in bytes
     */
    record Square(String operator, String node, long heads, int elementBytes) {}

    private record Node(
            String name, String operator, List<String> inputs, List<String> outputs, Map<String, Long> numbers) {

        private String input(int index) {
            return index < inputs.size() ? inputs.get(index) : "";
        }
    }

    /** A tensor; dimensions are numbers, names, or empty if unknown. */
    private record Value(int elementType, List<String> dims) {

        private static final Value UNKNOWN = new Value(0, List.of());

        /** The dimension at {@code fromEnd} places before the last one; empty if it is not known. */
        private String dim(int fromEnd) {
            return dims.size() > fromEnd ? dims.get(dims.size() - 1 - fromEnd) : "";
        }
    }

    /** The attentions of a model that make whole matrices of scores, in order of the file. */
    static List<Square> squares(Path model) throws IOException, MalformedModelException {
        try (ProtobufReader in = ProtobufReader.open(model)) {
            OnnxAttention scan = new OnnxAttention(in);
            scan.readModel(in.length());
            return scan.nodes.stream()
                    .map(scan::square)
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    private Optional<Square> square(Node node) {
        return switch (node.operator()) {
            case ATTENTION -> ofAttention(node);
            case MULTI_HEAD_ATTENTION -> ofMultiHeadAttention(node);
            default -> ofSoftmax(node);
        };
    }

    private Optional<Square> ofAttention(Node node) {
        String queries = tokens(node.input(0));
        String keys = tokens(node.input(1));
        boolean cross = !queries.isEmpty() && !keys.isEmpty() && !queries.equals(keys);
        return cross ? Optional.empty() : Optional.of(squareOf(node));
    }

    private Optional<Square> ofMultiHeadAttention(Node node) {
        boolean masked = !node.input(4).isEmpty() || !node.input(5).isEmpty();
        String queries = tokens(node.input(0));
        boolean same = !queries.isEmpty() && queries.equals(tokens(node.input(1)));
        return masked && same ? Optional.of(squareOf(node)) : Optional.empty();
    }

    private Optional<Square> ofSoftmax(Node node) {
        Value value = values.getOrDefault(
                node.outputs().isEmpty() ? "" : node.outputs().get(0), Value.UNKNOWN);
        String columns = value.dim(0);
        boolean variable = !columns.isEmpty() && number(columns).isEmpty();
        if (!variable || !columns.equals(value.dim(1))) {
            return Optional.empty();
        }
        long heads = value.dims().subList(0, value.dims().size() - 2).stream()
                .mapToLong(dim -> number(dim).orElse(1L))
                .reduce(1, OnnxAttention::times);
        return Optional.of(new Square(node.operator(), node.name(), heads, elementBytes(value)));
    }

    private Square squareOf(Node node) {
        Value queries = values.getOrDefault(node.input(0), Value.UNKNOWN);
        Long named = HEADS.stream()
                .filter(node.numbers()::containsKey)
                .findFirst()
                .map(node.numbers()::get)
                .orElse(null);
        long heads = named != null
                ? named
                : queries.dims().size() == 4 ? number(queries.dim(2)).orElse(1L) : 1;
        return new Square(node.operator(), node.name(), Math.max(1, heads), elementBytes(queries));
    }

    /** The number of tokens of [B, tokens, C] or [B, heads, tokens, C]; empty if it is not known. */
    private String tokens(String name) {
        return values.getOrDefault(name, Value.UNKNOWN).dim(1);
    }

    private static Optional<Long> number(String dim) {
        return dim.matches("\\d{1,18}") ? Optional.of(Long.parseLong(dim)) : Optional.empty();
    }

    private static long times(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        return high != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }

    private static int elementBytes(Value value) {
        return value.elementType() == FLOAT16 || value.elementType() == BFLOAT16 ? 2 : 4;
    }

    private void readModel(long end) throws IOException, MalformedModelException {
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            switch (field.isLengthDelimited() ? field.number() : 0) {
                case 7 -> readGraph(field.end(), 1);
                case 25 -> readFunction(field.end());
                default -> in.skipTo(field.end());
            }
        }
    }

    private void readFunction(long end) throws IOException, MalformedModelException {
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            if (field.isLengthDelimited() && field.number() == 7) {
                readNode(field.end(), 2);
            } else {
                in.skipTo(field.end());
            }
        }
    }

    private void readGraph(long end, int depth) throws IOException, MalformedModelException {
        if (depth > MAX_DEPTH) {
            throw in.malformed("graphs are nested deeper than " + MAX_DEPTH);
        }
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            switch (field.isLengthDelimited() ? field.number() : 0) {
                case 1 -> readNode(field.end(), depth + 1);
                case 11, 12, 13 -> readValue(field.end());
                default -> in.skipTo(field.end());
            }
        }
    }

    private void readNode(long end, int depth) throws IOException, MalformedModelException {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, Long> numbers = new HashMap<>();
        String name = "";
        String operator = "";
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            switch (field.isLengthDelimited() ? field.number() : 0) {
                case 1 -> inputs.add(in.readText(field.end(), MAX_TEXT_BYTES));
                case 2 -> outputs.add(in.readText(field.end(), MAX_TEXT_BYTES));
                case 3 -> name = in.readText(field.end(), MAX_TEXT_BYTES);
                case 4 -> operator = in.readText(field.end(), MAX_TEXT_BYTES);
                case 5 -> readAttribute(field.end(), numbers, depth);
                default -> in.skipTo(field.end());
            }
        }
        if (OPERATORS.contains(operator)) {
            keep(new Node(name, operator, inputs, outputs, numbers));
        }
    }

    private void keep(Node node) throws MalformedModelException {
        if (nodes.size() == MAX_NODES) {
            throw in.malformed("there are more than " + MAX_NODES + " attentions");
        }
        nodes.add(node);
        names.addAll(node.inputs());
        names.addAll(node.outputs());
    }

    private void readAttribute(long end, Map<String, Long> numbers, int depth)
            throws IOException, MalformedModelException {
        String name = "";
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            if (field.isVarint() && field.number() == 3) {
                numbers.put(name, field.varint());
                continue;
            }
            switch (field.isLengthDelimited() ? field.number() : 0) {
                case 1 -> name = in.readText(field.end(), MAX_TEXT_BYTES);
                case 6, 11 -> readGraph(field.end(), depth + 1);
                default -> in.skipTo(field.end());
            }
        }
    }

    /** Keeps the shape of a tensor that an attention takes or gives; nodes come before shapes in a file. */
    private void readValue(long end) throws IOException, MalformedModelException {
        String name = "";
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            switch (field.isLengthDelimited() ? field.number() : 0) {
                case 1 -> name = in.readText(field.end(), MAX_TEXT_BYTES);
                case 2 -> {
                    if (names.contains(name)) {
                        values.put(name, readType(field.end()));
                    } else {
                        in.skipTo(field.end());
                    }
                }
                default -> in.skipTo(field.end());
            }
        }
    }

    private Value readType(long end) throws IOException, MalformedModelException {
        Value value = Value.UNKNOWN;
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            if (field.isLengthDelimited() && field.number() == 1) {
                value = readTensorType(field.end());
            } else {
                in.skipTo(field.end());
            }
        }
        return value;
    }

    private Value readTensorType(long end) throws IOException, MalformedModelException {
        int elementType = 0;
        List<String> dims = new ArrayList<>();
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            if (field.isVarint() && field.number() == 1) {
                elementType = (int) field.varint();
            } else if (field.isLengthDelimited() && field.number() == 2) {
                readShape(field.end(), dims);
            } else {
                in.skipTo(field.end());
            }
        }
        return new Value(elementType, dims);
    }

    private void readShape(long end, List<String> dims) throws IOException, MalformedModelException {
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            if (field.isLengthDelimited() && field.number() == 1) {
                dims.add(readDimension(field.end()));
            } else {
                in.skipTo(field.end());
            }
        }
    }

    private String readDimension(long end) throws IOException, MalformedModelException {
        String dim = "";
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            if (field.isVarint() && field.number() == 1) {
                dim = Long.toUnsignedString(field.varint());
            } else if (field.isLengthDelimited() && field.number() == 2) {
                dim = in.readText(field.end(), MAX_TEXT_BYTES);
            } else {
                in.skipTo(field.end());
            }
        }
        return dim;
    }
}
