"""How a clip that is continued should fade into its continuation: the figures by which the decoding stage's limit was
chosen.

Held-out scenes, drawn truly, are continued from their last frames as the services do it: the denoiser is told two
latent frames and makes a third anew, over which the clip fades. For each limit on how much of a difference fades: the
largest step near the seam, by mean squared error over the clip's own largest, and how far pixels of the faded frames
are from both clips.
"""

import argparse
import math

import torch
from torch import Tensor

from model_lab.autoencoder import TEMPORAL
from model_lab.clips import SHAPE
from model_lab.evaluate import tasks, truth, words
from model_lab.pipeline import Pipeline
from model_lab.sampler import OnnxModel
from model_lab.transformer import KNOWN

TOLD = 2  # latent frames
LIMITS = (math.inf, 64, 48, 32)  # of 255
VISIBLE = 13  # of 255; what lies nearer to one of the two clips is not seen as a third thing


def window(pipeline: Pipeline, encoder: OnnxModel, clip: Tensor, prompt: str, seed: int) -> Tensor:
    """What the denoiser makes of the end of a clip [F, 3, H, W]: as many frames, TOLD + 1 latent frames of them
    shared.
    """
    begin = len(clip) - (TOLD + 1) * TEMPORAL
    told = encoder(clip[begin : begin + TOLD * TEMPORAL].transpose(0, 1)[None])[0]
    length = len(clip) // TEMPORAL
    known = torch.cat([told, torch.zeros_like(told[:, :1]).repeat(1, length - TOLD, 1, 1)], 1)
    latents = pipeline.told(prompt, seed, known, torch.tensor([KNOWN] * TOLD + [0] * (length - TOLD)))
    return pipeline.decoder(latents[None])[0].transpose(0, 1)


def joined(clip: Tensor, made: Tensor, limit: float) -> Tensor:
    """The clip, its last latent frame fading into `made`, and a latent frame more: what `Continuation` in decoding
    does.
    """
    shared = made[TOLD * TEMPORAL :][:TEMPORAL]
    tint = (clip[-TEMPORAL:] - shared).clamp(-limit, limit)
    shown = torch.arange(1, TEMPORAL + 1)[:, None, None, None] / (TEMPORAL + 1)
    return torch.cat([clip[:-TEMPORAL], shared + (1 - shown) * tint, made[(TOLD + 1) * TEMPORAL :][:TEMPORAL]]).clamp(
        -1, 1
    )


def figures(clip: Tensor, made: Tensor, limit: float) -> tuple[float, float, float]:
    """(largest step near the seam over the largest before, its mean absolute of 255, what is in two places, of 255)."""
    both, fade = joined(clip, made, limit), len(clip) - TEMPORAL
    steps = both[1:] - both[:-1]
    square, absolute = steps.square().mean((1, 2, 3)), 127.5 * steps.abs().mean((1, 2, 3))
    near = slice(fade - 1, len(clip) + 1)
    faded = both[fade : len(clip)]
    apart = 127.5 * (faded - clip[fade:]).abs().minimum((faded - made[TOLD * TEMPORAL :][:TEMPORAL]).abs())
    own = square[: fade - 1].max().clamp(min=1e-4)
    return (square[near].max() / own).item(), absolute[near].max().item(), (apart - VISIBLE).clamp(min=0).mean().item()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    options.add_argument("--minilm", required=True)
    options.add_argument("--count", type=int, default=12)
    o = options.parse_args()
    pipeline, encoder = Pipeline(o.bundle, o.minilm), OnnxModel(f"{o.bundle}/encoder.onnx")
    found: dict[float, list[tuple[float, float, float]]] = {limit: [] for limit in LIMITS}
    for of, prompt, seed in tasks(o.count, words(o.bundle), SHAPE, others="seam "):
        clip = truth(of, SHAPE)
        made = window(pipeline, encoder, clip, prompt, seed)
        for limit in LIMITS:
            found[limit].append(figures(clip, made, limit / 127.5))
    for limit, rows in found.items():
        times, most, double = torch.tensor(rows).T
        which = "all" if limit == math.inf else f"up to {limit} of 255"
        print(
            f"{which}: largest step {times.quantile(0.5):.2f} and {times.max():.2f} times the clip's own, "
            f"{most.mean():.2f} of 255; in two places {double.mean():.3f} of 255",
            flush=True,
        )


if __name__ == "__main__":
    main()
