package dev.galatea.textconditioning.encoder;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.StreamSupport;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

import static dev.galatea.onnx.TensorType.i64;

/**
 * Turns text into the embeddings of its tokens: the last hidden state of a text encoder. Thread-safe; runs may overlap,
 * {@link #close} comes after the last.
 */
public final class TextEncoder implements AutoCloseable {

    /** input_ids [1,L], attention_mask [1,L], token_type_ids [1,L]; the output's name differs between exports. */
    private static final OnnxSignature SIGNATURE = new OnnxSignature(
            Map.of("input_ids", i64(2), "attention_mask", i64(2), "token_type_ids", i64(2)), Map.of());

    private final TextTokenizer tokenizer;
    private final OnnxModel model;
    private final int dim;

    private TextEncoder(TextTokenizer tokenizer, OnnxModel model, int dim) {
        this.tokenizer = tokenizer;
        this.model = model;
        this.dim = dim;
    }

    /**
     * Opens an encoder; the caller has verified the files.
     *
     * @param maxTokens longer texts are cut
     * @param dim width of an embedding
     */
    public static TextEncoder open(OnnxRuntime runtime, Path onnx, Path tokenizerFile, int maxTokens, int dim)
            throws PoisonException {
        TextTokenizer tokenizer;
        try {
            tokenizer = TextTokenizer.open(tokenizerFile, maxTokens);
        } catch (IOException | RuntimeException e) {
            throw new PoisonException("tokenizer_unreadable", "tokenizer: " + e.getMessage(), e);
        }
        try {
            return new TextEncoder(tokenizer, runtime.open("textEncoder", onnx, SIGNATURE), dim);
        } catch (PoisonException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** The embeddings of a text's tokens, f32 [L, D], unpadded; the empty text has its special tokens only. */
    public Tensor encode(String text) throws RetryableException, PoisonException {
        long[] ids = tokenizer.tokenize(text);
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        long[] zeros = new long[ids.length];
        try (OnnxTensor inputIds = tensor(ids);
                OnnxTensor attentionMask = tensor(ones);
                OnnxTensor tokenTypeIds = tensor(zeros);
                OrtSession.Result result = model.run(Map.of(
                        "input_ids", inputIds, "attention_mask", attentionMask, "token_type_ids", tokenTypeIds))) {
            FloatBuffer hidden = lastHiddenState(result, ids.length).getFloatBuffer();
            float[] values = new float[ids.length * dim];
            hidden.get(values);
            return Tensor.f32(new long[] {ids.length, dim}, values);
        }
    }

    private OnnxTensor tensor(long[] values) {
        return model.tensor(LongBuffer.wrap(values), 1, values.length);
    }

    private OnnxTensor lastHiddenState(OrtSession.Result result, int tokens) throws PoisonException {
        long[] expected = {1, tokens, dim};
        return StreamSupport.stream(result.spliterator(), false)
                .map(Map.Entry::getValue)
                .filter(value -> isShaped(value, expected))
                .map(OnnxTensor.class::cast)
                .findFirst()
                .orElseThrow(() -> new PoisonException(
                        "model_interface",
                        "textEncoder: no output is f32 " + Arrays.toString(expected)
                                + ", the last hidden state of these tokens; text.dim is " + dim));
    }

    private static boolean isShaped(OnnxValue value, long[] shape) {
        return value instanceof OnnxTensor tensor
                && Arrays.equals(tensor.getInfo().getShape(), shape);
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
