package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds where an ONNX model keeps data outside its file, so that it can be refused before ONNX Runtime follows it.
 * Reads the protobuf wire format of the file in one pass, with bounded memory, and looks only into the messages that
 * can hold a tensor:
 *
 * <pre>
 * ModelProto         7 graph: GraphProto       20 training_info: TrainingInfoProto   25 functions: FunctionProto
 * TrainingInfoProto  1, 2: GraphProto
 * FunctionProto      7 node: NodeProto         11 attribute_proto: AttributeProto
 * GraphProto         1 node: NodeProto         5 initializer: TensorProto            15 sparse_initializer
 * NodeProto          5 attribute: AttributeProto
 * AttributeProto     5, 10: TensorProto        6, 11: GraphProto                     22, 23: SparseTensorProto
 * SparseTensorProto  1, 2: TensorProto
 * TensorProto        13 external_data: StringStringEntryProto
 * StringStringEntryProto  1 key: string        2 value: string
 * </pre>
 *
 * A location is reported whether or not {@code data_location} says that it is in use.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
 */
final class OnnxExternalData {

    /** As deep as protobuf's own parsers go. */
    private static final int MAX_DEPTH = 100;
    /** More than any honest key or path has. */
    private static final int MAX_TEXT_BYTES = 4096;
    /** More files than any honest model has beside it. */
    private static final int MAX_LOCATIONS = 10_000;

    private static final String LOCATION = "location";

    private final ProtobufReader in;
    private final Set<String> locations = new LinkedHashSet<>();

    private OnnxExternalData(ProtobufReader in) {
        this.in = in;
    }

    /** The file is not the protobuf message that it should be. */
    static final class MalformedModelException extends Exception {

        private static final long serialVersionUID = 1L;

        MalformedModelException(long offset, String reason) {
            super("at byte " + offset + ": " + reason);
        }
    }

    /** The messages that lead to tensors, with the fields that matter of each. */
    private enum Message {
        ENTRY,
        TENSOR,
        SPARSE_TENSOR,
        ATTRIBUTE,
        NODE,
        GRAPH,
        FUNCTION,
        TRAINING,
        MODEL;

        private static final Map<Message, Map<Integer, Message>> FIELDS = Map.of(
                TENSOR, Map.of(13, ENTRY),
                SPARSE_TENSOR, Map.of(1, TENSOR, 2, TENSOR),
                ATTRIBUTE, Map.of(5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH, 22, SPARSE_TENSOR, 23, SPARSE_TENSOR),
                NODE, Map.of(5, ATTRIBUTE),
                GRAPH, Map.of(1, NODE, 5, TENSOR, 15, SPARSE_TENSOR),
                FUNCTION, Map.of(7, NODE, 11, ATTRIBUTE),
                TRAINING, Map.of(1, GRAPH, 2, GRAPH),
                MODEL, Map.of(7, GRAPH, 20, TRAINING, 25, FUNCTION));

        private final Map<Integer, Message> fields() {
            return FIELDS.getOrDefault(this, Map.of());
        }
    }

    /** Every location that any tensor of the model names, in order of the file. */
    static Set<String> locations(Path model) throws IOException, MalformedModelException {
        try (ProtobufReader in = ProtobufReader.open(model)) {
            OnnxExternalData scan = new OnnxExternalData(in);
            scan.scan(Message.MODEL, in.length(), 0);
            return scan.locations;
        }
    }

    private void scan(Message message, long end, int depth) throws IOException, MalformedModelException {
        if (depth > MAX_DEPTH) {
            throw in.malformed("messages are nested deeper than " + MAX_DEPTH);
        }
        if (message == Message.ENTRY) {
            readEntry(end);
            return;
        }
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            Message child = message.fields().get(field.number());
            if (child != null && field.isLengthDelimited()) {
                scan(child, field.end(), depth + 1);
            } else {
                in.skipTo(field.end());
            }
        }
    }

    private void readEntry(long end) throws IOException, MalformedModelException {
        String key = "";
        String value = "";
        while (in.position() < end) {
            ProtobufReader.Field field = in.readField(end);
            if (field.isLengthDelimited() && field.number() == 1) {
                key = in.readText(field.end(), MAX_TEXT_BYTES);
            } else if (field.isLengthDelimited() && field.number() == 2) {
                value = in.readText(field.end(), MAX_TEXT_BYTES);
            } else {
                in.skipTo(field.end());
            }
        }
        if (key.equals(LOCATION)) {
            locations.add(value);
            if (locations.size() > MAX_LOCATIONS) {
                throw in.malformed("there are more than " + MAX_LOCATIONS + " files of external data");
            }
        }
    }
}
