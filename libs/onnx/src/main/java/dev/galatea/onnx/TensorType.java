package dev.galatea.onnx;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;

/**
 * The type that an input or output of a model must have.
 *
 * @param dtypes the element types that it may have
 * @param rank number of dimensions
 */
public record TensorType(List<OnnxJavaType> dtypes, int rank) {

    private static final List<OnnxJavaType> FLOATS =
            List.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);

    public TensorType {
        dtypes = List.copyOf(dtypes);
    }

    /** 32-bit floats with {@code rank} dimensions. */
    public static TensorType f32(int rank) {
        return new TensorType(List.of(OnnxJavaType.FLOAT), rank);
    }

    /** Floats of 32 or 16 bits with {@code rank} dimensions; {@link OnnxModel} converts to and from 32 bits. */
    public static TensorType floats(int rank) {
        return new TensorType(FLOATS, rank);
    }

    /** 64-bit integers with {@code rank} dimensions. */
    public static TensorType i64(int rank) {
        return new TensorType(List.of(OnnxJavaType.INT64), rank);
    }

    boolean accepts(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info
                && dtypes.contains(info.type)
                && info.getShape().length == rank;
    }

    /** The dimensions of a node, -1 for each that is not fixed; none if it is no tensor. */
    static List<Long> dimensions(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info
                ? LongStream.of(info.getShape()).boxed().toList()
                : List.of();
    }

    static String describe(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info
                ? new TensorType(List.of(info.type), info.getShape().length).toString()
                : node.getInfo().getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return dtypes.stream().map(OnnxJavaType::name).collect(Collectors.joining(" or ")) + " of rank " + rank;
    }
}
