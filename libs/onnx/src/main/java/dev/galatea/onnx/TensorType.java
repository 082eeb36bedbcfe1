package dev.galatea.onnx;

import java.util.List;
import java.util.stream.LongStream;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;

/**
 * The type that an input or output of a model must have.
 *
 * @param rank number of dimensions
 */
public record TensorType(OnnxJavaType dtype, int rank) {

    /** 32-bit floats with {@code rank} dimensions. */
    public static TensorType f32(int rank) {
        return new TensorType(OnnxJavaType.FLOAT, rank);
    }

    /** 64-bit integers with {@code rank} dimensions. */
    public static TensorType i64(int rank) {
        return new TensorType(OnnxJavaType.INT64, rank);
    }

    boolean accepts(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info && info.type == dtype && info.getShape().length == rank;
    }

    /** The dimensions of a node, -1 for each that is not fixed; none if it is no tensor. */
    static List<Long> dimensions(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info
                ? LongStream.of(info.getShape()).boxed().toList()
                : List.of();
    }

    static String describe(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info
                ? new TensorType(info.type, info.getShape().length).toString()
                : node.getInfo().getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return dtype + " of rank " + rank;
    }
}
