"""Checks that a bundle's graphs compute what PyTorch computes with the same stored weights, over a whole sampling."""

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor

from model_lab.aliases import Predict
from model_lab.autoencoder import CHANNELS
from model_lab.checkpoint import from_bundle
from model_lab.clips import latent
from model_lab.evaluate import usual
from model_lab.export import NormalisedDecoder, NormalisedEncoder, scaled
from model_lab.sampler import OnnxModel, noise, sample

TOLERANCE = 1e-3


@torch.no_grad()
def differences(
    directory: str | Path, steps: int = 24, shape: tuple[int, ...] = (CHANNELS, 6, 16, 16), threads: int = 1
) -> dict[str, float]:
    """Largest absolute differences, ONNX Runtime against PyTorch: latents after all steps, frames, encoded latents."""
    models = from_bundle(directory)
    roles = ("denoiser", "decoder", "encoder")
    denoiser, decoder, encoder = (OnnxModel(f"{directory}/{role}.onnx", threads) for role in roles)
    text = torch.randn(9, 384, generator=torch.Generator().manual_seed(1)) * 0.5
    start = noise(7, shape)
    torch_latents = sample(models.denoiser.eval(), start, text, text[:2], steps)
    onnx_latents = sample(denoiser, start, text, text[:2], steps)
    given, mask = noise(8, shape), torch.tensor([1] + [0] * (shape[1] - 2) + [2])
    told = [
        sample(predict, start, text, text[:2], steps, known=given, known_mask=mask)
        for predict in (models.denoiser, denoiser)
    ]
    latents = torch_latents[None]
    frames = NormalisedDecoder(models.decoder, models.mean, models.std)(latents)
    encoded = NormalisedEncoder(models.encoder, models.mean, models.std)(frames)
    pictures = frames[0, :, :2].transpose(0, 1)
    upscaled = {
        f"upscaled {scale} times": _largest(one(pictures) - OnnxModel(f"{directory}/upscalerX{scale}.onnx")(pictures))
        for scale, one in scaled(models).items()
    }
    return upscaled | {
        "latents": _largest(torch_latents - onnx_latents),
        "latents, partly known": _largest(told[0] - told[1]),
        "frames": _largest(frames - decoder(latents)),
        "encoded": _largest(encoded - encoder(frames)),
        "batch and mask": _batched(models.denoiser, denoiser, latents, text),
    }


def _batched(predict: Predict, denoiser: OnnxModel, latents: Tensor, text: Tensor) -> float:
    """Two clips in a batch, one text padded and masked, against each by itself."""
    both = torch.cat([latents, latents])
    context = torch.stack([text, torch.cat([text[:4], torch.full((len(text) - 4, text.shape[1]), 3.0)])])
    mask = torch.ones(2, len(text), dtype=torch.int64)
    mask[1, 4:] = 0
    times = torch.tensor([700.0, 300.0])
    together = denoiser(both, times, context, mask)
    alone = [
        predict(latents, times[i : i + 1], t[None], torch.ones(1, len(t), dtype=torch.int64))
        for i, t in enumerate((text, text[:4]))
    ]
    return _largest(together - torch.cat(alone))


def _largest(x: Tensor) -> float:
    return x.abs().max().item()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    o = options.parse_args()
    found = differences(o.bundle, shape=(CHANNELS, *latent(usual(o.bundle))))
    for name, value in found.items():
        print(f"{name}: {value:.2e}")
    sys.exit(max(found.values()) > TOLERANCE)


if __name__ == "__main__":
    main()
