package dev.galatea.model.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Python's safetensors reads our files; needs a {@code python3} (or {@code GALATEA_PYTHON}) that has it and numpy. */
class SafeTensorsPythonTest {

    private static final String PYTHON = System.getenv().getOrDefault("GALATEA_PYTHON", "python3");

    private static final String READ = """
            import json, sys
            from safetensors import safe_open
            with safe_open(sys.argv[1], framework="np") as f:
                tensors = {n: f.get_tensor(n) for n in f.keys()}
                print(json.dumps({
                    "metadata": f.metadata(),
                    "tensors": {n: [str(t.dtype), list(t.shape), t.tolist()] for n, t in sorted(tensors.items())},
                }, sort_keys=True))
            """;

    @TempDir
    Path temp;

    @Test
    void shouldBeRead_whenPythonHasSafetensors() throws Exception {
        String missing = run("-c", "import numpy, safetensors");
        boolean available = missing.equals("0\n");
        if (!available) {
            System.out.println("SKIPPED SafeTensorsPythonTest: " + PYTHON + " has no numpy and safetensors");
        }
        assumeTrue(available, PYTHON + " has no numpy and safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("latents", Tensor.f32(new long[] {2, 1, 2}, new float[] {1f, -0.5f, 3.25f, 0f}));
        tensors.put("step", Tensor.i64(new long[] {}, new long[] {-9007199254740993L}));
        tensors.put("none", Tensor.f32(new long[] {0, 3}, new float[0]));
        tensors.put(
                "half",
                SafeTensors.read(SafeTensorsTest.golden("all-types.safetensors"))
                        .tensor("half"));
        Path file = temp.resolve("ours.safetensors");
        Files.write(file, SafeTensors.write(new SafeTensorsFile(tensors, Map.of("bundle", "é \"quoted\""))));

        assertThat(run("-c", READ, file.toString()))
                .isEqualTo("0\n{\"metadata\": {\"bundle\": \"\\u00e9 \\\"quoted\\\"\"}, \"tensors\": {"
                        + "\"half\": [\"float16\", [3], [1.0, -2.5, 65504.0]], "
                        + "\"latents\": [\"float32\", [2, 1, 2], [[[1.0, -0.5]], [[3.25, 0.0]]]], "
                        + "\"none\": [\"float32\", [0, 3], []], "
                        + "\"step\": [\"int64\", [], -9007199254740993]}}\n");
    }

    /** Exit status, a line break, and what was printed. */
    private static String run(String... arguments) throws InterruptedException {
        try {
            List<String> command = new java.util.ArrayList<>(List.of(PYTHON));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            return process.exitValue() + "\n" + output;
        } catch (IOException e) {
            return "no " + PYTHON + ": " + e.getMessage();
        }
    }
}
