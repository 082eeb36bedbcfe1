package dev.galatea.denoising.diffusion;

import java.util.Arrays;

import dev.galatea.model.tensor.Tensor;

/** Element-wise arithmetic on f32 tensors of one shape. */
final class Arithmetic {

    private Arithmetic() {}

    /** {@code from + weight · (to − from)}; a weight over 1 goes beyond {@code to}. */
    static Tensor lerp(Tensor from, Tensor to, float weight) {
        requireSameShape(from, to);
        float[] values = from.floats();
        float[] target = to.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] + weight * (target[i] - values[i]);
        }
        return Tensor.f32(from.shape(), values);
    }

    /** {@code base + factor · direction}. */
    static Tensor plus(Tensor base, float factor, Tensor direction) {
        requireSameShape(base, direction);
        float[] values = base.floats();
        float[] step = direction.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] + factor * step[i];
        }
        return Tensor.f32(base.shape(), values);
    }

    /** {@code a · x + b · y}. */
    static Tensor weighted(float a, Tensor x, float b, Tensor y) {
        requireSameShape(x, y);
        float[] values = x.floats();
        float[] others = y.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = a * values[i] + b * others[i];
        }
        return Tensor.f32(x.shape(), values);
    }

    /** {@code a · x + b · y}, rounded once. */
    static Tensor sum(double a, Tensor x, double b, Tensor y) {
        return sum(new double[] {a, b}, x, y);
    }

    /** {@code a · x + b · y + c · z}, rounded once. */
    static Tensor sum(double a, Tensor x, double b, Tensor y, double c, Tensor z) {
        return sum(new double[] {a, b, c}, x, y, z);
    }

    /** The sum of tensors by weight, added up in double precision and rounded once. */
    static Tensor sum(double[] weights, Tensor... tensors) {
        double[] sums = new double[Math.toIntExact(tensors[0].elements())];
        for (int k = 0; k < tensors.length; k++) {
            requireSameShape(tensors[0], tensors[k]);
            float[] values = tensors[k].floats();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weights[k] * values[i];
            }
        }
        float[] rounded = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            rounded[i] = (float) sums[i];
        }
        return Tensor.f32(tensors[0].shape(), rounded);
    }

    /** {@code factor · x}. */
    static Tensor scaled(float factor, Tensor tensor) {
        float[] values = tensor.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Tensor.f32(tensor.shape(), values);
    }

    /** The standard deviation of all elements about their mean. */
    static double deviation(Tensor tensor) {
        float[] values = tensor.floats();
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / values.length);
    }

    /** True if no element is NaN or infinite. */
    static boolean isFinite(Tensor tensor) {
        for (float value : tensor.floats()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private static void requireSameShape(Tensor a, Tensor b) {
        if (!Arrays.equals(a.shape(), b.shape())) {
            throw new IllegalArgumentException(
                    "shape: " + Arrays.toString(b.shape()) + " does not fit; valid is " + Arrays.toString(a.shape()));
        }
    }
}
