"""Exports trained weights as the ONNX graphs of a bundle, by Galatea's canonical interface.

The denoiser has two more inputs, `known` and `known_mask`, see `Transformer.forward`; zeros of shape [1, 1, 1, 1, 1]
and [1, 1] say that nothing is known.

Weights are stored in half precision, each followed by a cast, so ONNX Runtime computes in float32. The initialisers
keep their PyTorch names: a bundle's graphs hold all that is needed to go on training from them (see `resume`).
"""

import argparse
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from model_lab import bundle
from model_lab.aliases import Words
from model_lab.autoencoder import Decoder, Encoder
from model_lab.checkpoint import Models, load
from model_lab.upscaler import SCALES, Upscaler
from model_lab.world import vocabulary

OPSET = 17


@dataclass(frozen=True)
class Options:
    """What to export, and where; see `main`."""

    autoencoder: str
    transformer: str
    upscaler: str | None
    minilm: str
    out: str
    version: str
    vocabulary: str | None
    student: int | None


class NormalisedEncoder(nn.Module):
    """Frames to latents of about unit variance."""

    mean: Tensor
    std: Tensor

    def __init__(self, encoder: Encoder, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.encoder = encoder
        self.register_buffer("mean", mean.reshape(1, -1, 1, 1, 1))
        self.register_buffer("std", std.reshape(1, -1, 1, 1, 1))

    def forward(self, frames: Tensor) -> Tensor:
        return (self.encoder(frames) - self.mean) / self.std


class NormalisedDecoder(nn.Module):
    """Latents of about unit variance to frames."""

    mean: Tensor
    std: Tensor

    def __init__(self, decoder: Decoder, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.decoder = decoder
        self.register_buffer("mean", mean.reshape(1, -1, 1, 1, 1))
        self.register_buffer("std", std.reshape(1, -1, 1, 1, 1))

    def forward(self, latents: Tensor) -> Tensor:
        return self.decoder(latents * self.std + self.mean).clamp(-1, 1)


class Scaled(nn.Module):
    """One scale of an upscaler."""

    def __init__(self, upscaler: Upscaler, scale: int) -> None:
        super().__init__()
        self.upscaler, self.scale = upscaler, scale

    def forward(self, pictures: Tensor) -> Tensor:
        return self.upscaler(pictures, self.scale).clamp(-1, 1)


def scaled(models: Models) -> dict[int, Scaled]:
    """The upscaler at each of the scales that bundles have; nothing if there is none."""
    upscaler = models.upscaler
    return {scale: Scaled(upscaler, scale) for scale in SCALES} if upscaler else {}


def export(models: Models, directory: Path, facts: dict[str, Any], words: Words = vocabulary.EVERYTHING) -> None:
    """Writes denoiser.onnx, decoder.onnx, encoder.onnx, upscalerX2.onnx and so on where there is an upscaler,
    bundle.json, and vocabulary.json: `words`, the world in training.

    A model that saw less of the world than there is today would else be examined in words that it was never taught.
    """
    directory.mkdir(parents=True, exist_ok=True)
    latents = torch.randn(2, 16, 3, 4, 6)
    volume = {0: "B", 2: "T", 3: "H", 4: "W"}
    frames = {0: "B", 2: "F", 3: "PH", 4: "PW"}
    tokens = {0: "B", 1: "L"}
    _write(
        models.denoiser,
        directory / "denoiser.onnx",
        (
            latents,
            torch.tensor([900.0, 100.0]),
            torch.randn(2, 5, 384),
            torch.ones(2, 5, dtype=torch.int64),
            latents,
            torch.ones(2, 3, dtype=torch.int64),
        ),
        {
            "latents": volume,
            "timestep": {0: "B"},
            "context": tokens,
            "context_mask": tokens,
            "known": dict(enumerate(("KB", "KC", "KT", "KH", "KW"))),
            "known_mask": {0: "MB", 1: "MT"},
        },
        {"prediction": volume},
    )
    _write(
        NormalisedDecoder(models.decoder, models.mean, models.std),
        directory / "decoder.onnx",
        (latents,),
        {"latents": volume},
        {"frames": frames},
    )
    _write(
        NormalisedEncoder(models.encoder, models.mean, models.std),
        directory / "encoder.onnx",
        (torch.randn(2, 3, 16, 32, 48),),
        {"frames": frames},
        {"latents": volume},
    )
    for scale, one in scaled(models).items():
        _write(
            one,
            directory / f"upscalerX{scale}.onnx",
            (torch.randn(2, 3, 32, 48),),
            {"pictures": {0: "N", 2: "PH", 3: "PW"}},
            {"upscaled": {0: "N", 2: "UH", 3: "UW"}},
        )
    bundle.write(directory, models.mean.tolist(), models.std.tolist(), facts)
    (directory / "vocabulary.json").write_text(json.dumps(words, indent=2) + "\n")


def _write(
    module: nn.Module,
    path: Path,
    inputs: tuple[Tensor, ...],
    input_axes: dict[str, dict[int, str]],
    output_axes: dict[str, dict[int, str]],
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.float().eval().cpu(),
            inputs,
            str(path),
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=False,
            input_names=list(input_axes),
            output_names=list(output_axes),
            dynamic_axes={**input_axes, **output_axes},
        )
    model = onnx.load(path)
    _halve(model)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def _halve(model: onnx.ModelProto, smallest: int = 64) -> None:
    """Stores float32 initialisers as float16, cast back by the graph."""
    kept, casts = [], []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < smallest:
            kept.append(tensor)
            continue
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name + ".half")
        kept.append(half)
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(casts + nodes)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--autoencoder", required=True)
    options.add_argument("--transformer", required=True)
    options.add_argument("--upscaler", help="checkpoint of the upscaler, if the bundle is to have one")
    options.add_argument("--minilm", required=True, help="directory with the text encoder's two files")
    options.add_argument("--out", default="models/pebble")
    options.add_argument("--version", default="1.0.1")
    options.add_argument(
        "--vocabulary", help="the vocabulary.json of the world in training, if it was not all of today's"
    )
    options.add_argument(
        "--student", type=int, metavar="STEPS", help="the transformer is a student of so many steps, see distill"
    )
    o = Options(**vars(options.parse_args()))
    words = json.loads(Path(o.vocabulary).read_text()) if o.vocabulary else vocabulary.EVERYTHING
    facts = bundle.facts(o.minilm, o.version) | ({"steps": o.student} if o.student else {})
    export(load(o.autoencoder, o.transformer, o.upscaler), Path(o.out), facts, words)


if __name__ == "__main__":
    main()
