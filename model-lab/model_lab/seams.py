"""How far the decoder looks, measured: what a cut through a clip changes, by distance from the cut.

Where two tiles are joined in the middle of an overlap of k latents, they are wrong by at most the figure at distance
k/2; where they are blended, by less.
"""

import argparse

import torch
from torch import Tensor

from model_lab.autoencoder import TEMPORAL
from model_lab.clips import frames
from model_lab.sampler import OnnxModel
from model_lab.world import scene


def errors(directory: str, count: int = 4) -> dict[str, list[tuple[float, float]]]:
    """Largest and mean error of frames in [-1, 1] at 0, 1, 2 … latents from a cut: in width, and in time."""
    encoder, decoder = (OnnxModel(f"{directory}/{n}.onnx") for n in ("encoder", "decoder"))
    latents = encoder(torch.cat([frames([scene.sample(f"seam {i}")]) for i in range(count)]))
    whole = decoder(latents)
    wide = (whole[..., :64] - decoder(latents[..., :8])).abs()
    long = (whole[:, :, : 3 * TEMPORAL] - decoder(latents[:, :, :3])).abs()
    return {"width": _nearest_first(wide.split(8, -1)), "time": _nearest_first(long.split(TEMPORAL, 2))}


def _nearest_first(parts: tuple[Tensor, ...]) -> list[tuple[float, float]]:
    return [(round(c.max().item(), 4), round(c.mean().item(), 5)) for c in parts[::-1]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    for axis, found in errors(options.parse_args().bundle).items():
        for distance, (most, mean) in enumerate(found):
            print(f"{axis}: {distance} latents from the cut: largest {most}, mean {mean}")


if __name__ == "__main__":
    main()
