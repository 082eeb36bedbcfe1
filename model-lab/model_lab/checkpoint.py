"""Checkpoints on disk, and the models that they (or a bundle's graphs) make."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from model_lab.aliases import Weights
from model_lab.autoencoder import CHANNELS, Decoder, Encoder
from model_lab.graph import weights
from model_lab.transformer import Transformer
from model_lab.upscaler import Upscaler


@dataclass
class Models:
    """What a bundle is made of; `mean` and `std` [16] bring the encoder's latents to about unit variance. A bundle may
    be without an upscaler.
    """

    encoder: Encoder
    decoder: Decoder
    denoiser: Transformer
    mean: torch.Tensor
    std: torch.Tensor
    upscaler: Upscaler | None = None


def save(path: str | Path, state: dict[str, Any]) -> None:
    """Writes a checkpoint so that a crash leaves the old or the new one, never half of one."""
    part = Path(f"{path}.tmp")
    torch.save(state, part)
    part.replace(path)


def random_models(
    encoder: Encoder | None = None, decoder: Decoder | None = None, denoiser: Transformer | None = None
) -> Models:
    """Models that are not trained, but for those given."""
    return Models(
        encoder or Encoder(),
        decoder or Decoder(),
        denoiser or Transformer(),
        torch.zeros(CHANNELS),
        torch.ones(CHANNELS),
    )


def load(autoencoder: str | Path, transformer: str | Path | None = None, upscaler: str | Path | None = None) -> Models:
    """The models of up to three checkpoints; of the transformer, the averaged weights."""
    state = torch.load(autoencoder, map_location="cpu")
    models = random_models(Encoder.like(state["enc"]), Decoder.like(state["dec"]))
    models.encoder.load_state_dict(state["enc"])
    models.decoder.load_state_dict(state["dec"])
    models.mean, models.std = (torch.tensor(state[k]) for k in ("mean", "std"))
    if transformer:
        weights = torch.load(transformer, map_location="cpu")["ema"]
        models.denoiser = Transformer.like(weights)
        models.denoiser.load_state_dict(weights)
    if upscaler:
        models.upscaler = Upscaler.of(torch.load(upscaler, map_location="cpu")["upscaler"])
    return models


def from_bundle(directory: str | Path) -> Models:
    """The models of an exported bundle, from the weights in its graphs."""
    denoiser, stored = weights(f"{directory}/denoiser.onnx"), weights(f"{directory}/decoder.onnx")
    encoder, decoder = _under("encoder.", weights(f"{directory}/encoder.onnx")), _under("decoder.", stored)
    models = random_models(Encoder.like(encoder), Decoder.like(decoder), Transformer.like(denoiser))
    models.encoder.load_state_dict(encoder)
    models.decoder.load_state_dict(decoder)
    names = models.denoiser.state_dict()
    wrong = sorted(k for k, v in names.items() if k not in denoiser or denoiser[k].shape != v.shape)
    if wrong:
        raise ValueError(
            f"{directory}/denoiser.onnx is of another transformer: {', '.join(wrong)} missing or of another shape"
        )
    models.denoiser.load_state_dict({k: denoiser[k] for k in names})
    models.mean, models.std = stored["mean"].reshape(-1), stored["std"].reshape(-1)
    upscalers = [weights(path) for path in sorted(Path(directory).glob("upscalerX*.onnx"))]
    if upscalers:
        models.upscaler = Upscaler.of({k: v for one in upscalers for k, v in _under("upscaler.", one).items()})
    return models


def _under(prefix: str, state: Weights) -> Weights:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
