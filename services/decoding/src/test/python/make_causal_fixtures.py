"""Writes src/test/resources/causal: a causal decoder and encoder that carry a state, and what they make of a whole clip.

Both are small stacks of causal convolutions with random weights, built as causal video autoencoders are: the decoder
keeps the first latent frame apart (its first convolution in time after growing sees nothing of it), and each layer sees
two frames of the past. The expected values come from numpy and from the whole clip at once, without any state: before
its first frame there are zeros.

Usage: make_causal_fixtures.py (needs the packages numpy, onnx and safetensors).
"""

import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

CHANNELS, HIDDEN, SPATIAL, TEMPORAL = 4, 6, 2, 4
FRAMES, HEIGHT, WIDTH = 7, 5, 6
TARGET = pathlib.Path(__file__).parent.parent / "resources" / "causal"
RANDOM = numpy.random.default_rng(27)


def weights(out, inside, frames, size):
    """Weights [out, inside, frames, size, size] that keep the spread of their input."""
    scale = (inside * frames * size * size) ** -0.5
    return RANDOM.normal(0, scale, (out, inside, frames, size, size)).astype(numpy.float32)


DECODER = {"w0": weights(HIDDEN, CHANNELS, 3, 3), "w1": weights(HIDDEN, HIDDEN, 3, 1), "w2": weights(3, HIDDEN, 3, 3)}
ENCODER = {"w0": weights(HIDDEN, 3, 3, 3), "w1": weights(CHANNELS, HIDDEN, 3, 1)}


def constant(name, values, dtype=numpy.int64):
    return numpy_helper.from_array(numpy.asarray(values, dtype=dtype), name)


def causal(nodes, source, state, following, weight, target, size):
    """A convolution that sees two frames of the past: those of the state, which become the last two that it saw."""
    border = size // 2
    nodes += [
        helper.make_node("Concat", [state, source], [f"{target}.in"], axis=2),
        helper.make_node("Slice", [f"{target}.in", "minus_two", "end", "time_axis"], [following]),
        helper.make_node("Conv", [f"{target}.in", weight], [target], kernel_shape=[3, size, size],
                         pads=[0, border, border, 0, border, border]),
    ]


def keep_mask(nodes, source, dropped):
    """keep [1,1,L,1,1]: 0 for the first `dropped` frames of a clip, which don't exist, and 1 for all others."""
    nodes += [
        helper.make_node("Shape", [source], [f"{source}.shape"]),
        helper.make_node("Gather", [f"{source}.shape", "two"], [f"{source}.length"], axis=0),
        helper.make_node("Range", ["zero", f"{source}.length", "one"], [f"{source}.index"]),
        helper.make_node("Mul", ["first", dropped], [f"{source}.dropped"]),
        helper.make_node("GreaterOrEqual", [f"{source}.index", f"{source}.dropped"], [f"{source}.kept"]),
        helper.make_node("Cast", [f"{source}.kept"], [f"{source}.keep1"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", [f"{source}.keep1", "along_time"], [f"{source}.keep"]),
        helper.make_node("Mul", [source, f"{source}.keep"], [f"{source}.masked"]),
    ]


def constants():
    return [constant("minus_two", [-2]), constant("end", [2**62]), constant("time_axis", [2]),
            constant("zero", 0), constant("one", 1), constant("two", 2),
            constant("along_time", [1, 1, -1, 1, 1])]


def value(name, dtype, shape):
    return helper.make_tensor_value_info(name, dtype, shape)


def save(name, nodes, inputs, outputs, initializers):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    (TARGET / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def decoder():
    """latents [B,4,T,H,W], first [1], state.0 … state.2 → frames [B,3,4T,2H,2W], next.0 … next.2."""
    f32 = TensorProto.FLOAT
    nodes = []
    causal(nodes, "latents", "state.0", "next.0", "w0", "deep", 3)
    nodes.append(helper.make_node("Tanh", ["deep"], ["deep.act"]))
    # In time: the first latent frame of the clip is none for this layer, and passes by.
    keep_mask(nodes, "deep.act", "one_frame")
    causal(nodes, "deep.act.masked", "state.1", "next.1", "w1", "moved", 1)
    nodes += [
        helper.make_node("Mul", ["moved", "deep.act.keep"], ["moved.kept"]),
        helper.make_node("Add", ["deep.act", "moved.kept"], ["sum"]),
        helper.make_node("Resize", ["sum", "", "scales"], ["large"], mode="nearest",
                         coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    ]
    keep_mask(nodes, "large", "three_frames")
    causal(nodes, "large.masked", "state.2", "next.2", "w2", "raw", 3)
    nodes.append(helper.make_node("Tanh", ["raw"], ["frames"]))
    states = [("0", CHANNELS, "H", "W"), ("1", HIDDEN, "H", "W"), ("2", HIDDEN, "2*H", "2*W")]
    save("decoder", nodes,
         [value("latents", f32, ["B", CHANNELS, "T", "H", "W"]), value("first", TensorProto.INT64, [1])]
         + [value(f"state.{k}", f32, ["B", c, 2, h, w]) for k, c, h, w in states],
         [value("frames", f32, ["B", 3, "F", "2*H", "2*W"])]
         + [value(f"next.{k}", f32, ["B", c, 2, h, w]) for k, c, h, w in states],
         [numpy_helper.from_array(w, n) for n, w in DECODER.items()] + constants()
         + [constant("one_frame", [1]), constant("three_frames", [TEMPORAL - 1]),
            constant("scales", [1, 1, TEMPORAL, SPATIAL, SPATIAL], numpy.float32)])


def encoder():
    """frames [B,3,4T,2H,2W], first [1], state.0, state.1 → latents [B,4,T,H,W], next.0, next.1."""
    f32 = TensorProto.FLOAT
    nodes = []
    keep_mask(nodes, "frames", "three_frames")
    causal(nodes, "frames.masked", "state.0", "next.0", "w0", "wide", 3)
    nodes.append(helper.make_node("Tanh", ["wide"], ["wide.act"]))
    keep_mask(nodes, "wide.act", "three_frames")
    # The last of each four frames, and of each two pixels the first.
    nodes.append(helper.make_node("Slice", ["wide.act.masked", "starts", "ends", "axes", "steps"], ["small"]))
    causal(nodes, "small", "state.1", "next.1", "w1", "latents", 1)
    states = [("0", 3, "2*H", "2*W"), ("1", HIDDEN, "H", "W")]
    save("encoder", nodes,
         [value("frames", f32, ["B", 3, "F", "2*H", "2*W"]), value("first", TensorProto.INT64, [1])]
         + [value(f"state.{k}", f32, ["B", c, 2, h, w]) for k, c, h, w in states],
         [value("latents", f32, ["B", CHANNELS, "T", "H", "W"])]
         + [value(f"next.{k}", f32, ["B", c, 2, h, w]) for k, c, h, w in states],
         [numpy_helper.from_array(w, n) for n, w in ENCODER.items()] + constants()
         + [constant("three_frames", [TEMPORAL - 1]), constant("starts", [TEMPORAL - 1, 0, 0]),
            constant("ends", [2**62] * 3), constant("axes", [2, 3, 4]), constant("steps", [TEMPORAL, 2, 2])])


def convolved(x, weight):
    """The causal convolution of a whole clip [C,T,H,W] in double precision: zeros before its first frame and around."""
    size = weight.shape[-1]
    border = size // 2
    frames, height, width = x.shape[1:]
    x = numpy.pad(x.astype(numpy.float64), [(0, 0), (2, 0), (border, border), (border, border)])
    out = numpy.zeros((weight.shape[0], frames, height, width))
    for t in range(3):
        for i in range(size):
            for j in range(size):
                part = x[:, t:t + frames, i:i + height, j:j + width]
                out += numpy.einsum("oc,cthw->othw", weight[:, :, t, i, j], part)
    return out


def decoded(latents):
    """What the decoder makes of a whole clip: one frame of the first latent frame, four of each other."""
    deep = numpy.tanh(convolved(latents, DECODER["w0"]))
    later = deep[:, 1:]
    total = numpy.concatenate([deep[:, :1], later + convolved(later, DECODER["w1"])], 1)
    large = total.repeat(SPATIAL, 2).repeat(SPATIAL, 3)
    large = numpy.concatenate([large[:, :1], large[:, 1:].repeat(TEMPORAL, 1)], 1)
    return numpy.tanh(convolved(large, DECODER["w2"]))


def encoded(frames):
    """What the encoder makes of a whole clip of 1 + 4k frames."""
    wide = numpy.tanh(convolved(frames, ENCODER["w0"]))
    return convolved(wide[:, ::TEMPORAL, ::SPATIAL, ::SPATIAL], ENCODER["w1"])


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    decoder()
    encoder()
    latents = RANDOM.normal(0, 1, (CHANNELS, FRAMES, HEIGHT, WIDTH)).astype(numpy.float32)
    count = 1 + TEMPORAL * 2
    clip = RANDOM.uniform(-1, 1, (3, count, HEIGHT * SPATIAL, WIDTH * SPATIAL)).astype(numpy.float32)
    save_file({
        "latents": latents,
        "frames": decoded(latents).astype(numpy.float32),
        "clip": clip,
        "encoded": encoded(clip).astype(numpy.float32),
    }, TARGET / "expected.safetensors")


if __name__ == "__main__":
    main()
