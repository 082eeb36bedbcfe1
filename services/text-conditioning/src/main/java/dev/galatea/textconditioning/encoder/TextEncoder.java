package dev.galatea.textconditioning.encoder;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest.EncoderPadding;
import dev.galatea.model.bundle.BundleManifest.Text;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.GraphInterfaces;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.text.TextTokenizer;
import dev.galatea.text.cleaning.PromptCleaning;

/**
 * Turns text into the embeddings of its tokens: the last hidden state of a text encoder. Thread-safe; runs may overlap,
 * {@link #close} comes after the last.
 */
public final class TextEncoder implements AutoCloseable {

    private static final String ROLE = "textEncoder";

    private final TextTokenizer tokenizer;
    private final OnnxModel model;
    private final Text text;

    private TextEncoder(TextTokenizer tokenizer, OnnxModel model, Text text) {
        this.tokenizer = tokenizer;
        this.model = model;
        this.text = text;
    }

    /** Opens the encoder of a bundle. */
    static TextEncoder open(OnnxRuntime runtime, Bundle bundle) throws PoisonException, RetryableException {
        Text text = bundle.manifest().text();
        TextTokenizer tokenizer = tokenizer(BundleFiles.verified(bundle, "tokenizer"), text);
        try {
            return new TextEncoder(tokenizer, runtime.open(bundle, ROLE, GraphInterfaces.textEncoder(text)), text);
        } catch (PoisonException | RetryableException e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * Opens an encoder; the caller has verified the files.
     *
     * @param text the interface that the manifest says it has
     */
    public static TextEncoder open(OnnxRuntime runtime, Path onnx, Path tokenizerFile, Text text)
            throws PoisonException {
        TextTokenizer tokenizer = tokenizer(tokenizerFile, text);
        try {
            return new TextEncoder(tokenizer, runtime.open(ROLE, onnx, GraphInterfaces.textEncoder(text)), text);
        } catch (PoisonException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static TextTokenizer tokenizer(Path file, Text text) throws PoisonException {
        try {
            return TextTokenizer.open(file, text.maxTokens());
        } catch (IOException | RuntimeException e) {
            throw new PoisonException("tokenizer_unreadable", "tokenizer: " + e.getMessage(), e);
        }
    }

    /**
     * The embeddings of a text's tokens, f32 [L, D], without those of padding; the empty text has its special tokens
     * only.
     */
    public Tensor encode(String prompt) throws RetryableException, PoisonException {
        long[] ids = tokenizer.tokenize(PromptCleaning.clean(text.cleaning(), prompt));
        EncoderPadding padding = text.encoderPadding();
        int length = padding == null ? ids.length : Math.max(ids.length, padding.to());
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String input : text.inputs()) {
                inputs.put(input, model.tensor(LongBuffer.wrap(values(input, ids, length)), 1, length));
            }
            try (OrtSession.Result result = model.run(inputs)) {
                FloatBuffer hidden = OnnxModel.floats(embeddings(result, length));
                float[] values = new float[ids.length * text.dim()];
                hidden.get(values);
                return Tensor.f32(new long[] {ids.length, text.dim()}, values);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    /**
     * The tokens and what pads them; 1 for each token, and for padding unless it is masked; 0 for each of them, because
     * there is one sentence.
     */
    private long[] values(String input, long[] ids, int length) {
        EncoderPadding padding = text.encoderPadding();
        long[] values = new long[length];
        if (input.equals(Text.INPUT_IDS)) {
            System.arraycopy(ids, 0, values, 0, ids.length);
            Arrays.fill(values, ids.length, length, padding == null ? 0 : padding.id());
        } else if (input.equals(Text.ATTENTION_MASK)) {
            Arrays.fill(values, 0, padding != null && padding.masked() ? ids.length : length, 1);
        }
        return values;
    }

    private OnnxTensor embeddings(OrtSession.Result result, int tokens) throws PoisonException {
        long[] expected = {1, tokens, text.dim()};
        String output = text.output();
        return StreamSupport.stream(result.spliterator(), false)
                .filter(entry -> output == null || entry.getKey().equals(output))
                .map(Map.Entry::getValue)
                .filter(value -> isShaped(value, expected))
                .map(OnnxTensor.class::cast)
                .findFirst()
                .orElseThrow(() -> new PoisonException(
                        "model_interface",
                        "textEncoder: " + (output == null ? "no output is" : "output '" + output + "' is not")
                                + " floats "
                                + Arrays.toString(expected)
                                + ", the embeddings of these tokens; text.dim is " + text.dim()));
    }

    private static boolean isShaped(OnnxValue value, long[] shape) {
        return value instanceof OnnxTensor tensor
                && tensor.getInfo().type != OnnxJavaType.INT64
                && Arrays.equals(tensor.getInfo().getShape(), shape);
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
