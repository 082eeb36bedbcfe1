"""A transformer of Wan 2.1's 1.3B shape with random weights, made here: in PyTorch, and as the graph that is exported.

Run as a program, it writes DIR/denoiser.onnx, inputs and PyTorch's answer, and says in a line of JSON how long PyTorch
took with its scaled dot product attention.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_lab.open_models import graph, wan_denoiser

KEPT = ("time_embedder", "scale_shift_table", "norm1", "norm2", "norm3")  # as WanTransformer3DModel keeps them
TOKENS = 512


@dataclass(frozen=True)
class Size:
    """The model's and the clip's."""

    heads: int
    head: int
    layers: int
    feed_forward: int
    text: int
    frames: int
    height: int
    width: int

    @property
    def latents(self) -> tuple[int, int, int]:
        """Frames, rows and columns of latents: Wan's autoencoder is 8×8×4."""
        return (self.frames - 1) // 4 + 1, self.height // 8, self.width // 8

    @property
    def tokens(self) -> int:
        """What attention looks at: patches of 1×2×2."""
        t, h, w = self.latents
        return t * (h // 2) * (w // 2)


SIZES = {
    "real": Size(12, 128, 30, 8960, 4096, 81, 480, 832),
    "small": Size(2, 16, 2, 64, 32, 5, 32, 48),  # for machines without a card
}


def transformer(size: Size, dtype: torch.dtype, device: str) -> Any:
    """Random weights of a fixed seed; norms and what makes time stay in float32, as in a loaded checkpoint."""
    from diffusers import WanTransformer3DModel

    torch.manual_seed(13)
    with torch.device(device):
        model = WanTransformer3DModel(
            num_attention_heads=size.heads,
            attention_head_dim=size.head,
            num_layers=size.layers,
            ffn_dim=size.feed_forward,
            text_dim=size.text,
        )
    for name, parameter in model.named_parameters():
        if not any(kept in name for kept in KEPT):
            parameter.data = parameter.data.to(dtype)
    return model.eval().requires_grad_(False)


def inputs(size: Size) -> dict[str, torch.Tensor]:
    """One clip with one text of all 512 tokens, as a denoiser takes them."""
    return wan_denoiser.inputs((1, *size.latents, 1), 16, size.text, told=False) | {
        "context": torch.randn(1, TOKENS, size.text, generator=torch.Generator().manual_seed(2)) * 0.3,
        "context_mask": torch.ones(1, TOKENS, dtype=torch.int64),
    }


@torch.inference_mode()
def answered(model: Any, given: dict[str, torch.Tensor], device: str, repeat: int) -> tuple[torch.Tensor, list[float]]:
    """diffusers' own forward, and the seconds of each repetition after the first."""
    dtype = model.patch_embedding.weight.dtype
    latents, context = (given[name].to(device, dtype) for name in ("latents", "context"))
    taken = []
    for _ in range(repeat + 1):
        _wait(device)
        begun = time.perf_counter()
        found = model(latents, given["timestep"].to(device), context, return_dict=False)[0]
        _wait(device)
        taken.append(time.perf_counter() - begun)
    return found.float().cpu(), taken[1:]


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def make(directory: Path, size: Size, dtype: torch.dtype, device: str, repeat: int) -> dict[str, Any]:
    """Writes everything, and returns what PyTorch took."""
    directory.mkdir(parents=True, exist_ok=True)
    model = transformer(size, dtype, device)
    given = inputs(size)
    expected, taken = answered(model, given, device, repeat)
    peak = torch.cuda.max_memory_allocated() if device == "cuda" else None
    arrays: Any = {name: value.numpy() for name, value in given.items()}
    np.savez(directory / "given.npz", **arrays)
    np.save(directory / "expected.npy", expected.numpy())
    begun = time.perf_counter()
    graph.write(wan_denoiser.graph(model.cpu(), told=False), directory / "denoiser.onnx", 1 << 20)
    exported = time.perf_counter() - begun
    return {"seconds": taken, "peak": peak, "exported": exported, "tokens": size.tokens}


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes a model and says so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--size", choices=SIZES, default="real")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--dtype", choices=["float16", "bfloat16", "float32"], default="float16")
    parser.add_argument("--repeat", type=int, default=2)
    given = parser.parse_args(arguments)
    made = make(given.directory, SIZES[given.size], getattr(torch, given.dtype), given.device, given.repeat)
    print(json.dumps(made))


if __name__ == "__main__":
    main()
