"""Checkpoints on disk, and the models that they (or a bundle's graphs) make."""

import os
from dataclasses import dataclass

import torch

from model_lab.autoencoder import CHANNELS, Decoder, Encoder
from model_lab.transformer import Transformer


@dataclass
class Models:
    """What a bundle is made of; `mean` and `std` [16] bring the encoder's latents to about unit variance."""

    encoder: Encoder
    decoder: Decoder
    denoiser: Transformer
    mean: torch.Tensor
    std: torch.Tensor


def save(path, state):
    """Writes a checkpoint so that a crash leaves the old or the new one, never half of one."""
    torch.save(state, f"{path}.tmp")
    os.replace(f"{path}.tmp", path)


def random_models(denoiser=None):
    """Untrained models."""
    return Models(Encoder(), Decoder(), denoiser or Transformer(), torch.zeros(CHANNELS), torch.ones(CHANNELS))


def load(autoencoder, transformer=None):
    """The models of two checkpoints; of the transformer, the averaged weights."""
    models = random_models()
    state = torch.load(autoencoder, map_location="cpu")
    models.encoder.load_state_dict(state["enc"])
    models.decoder.load_state_dict(state["dec"])
    models.mean, models.std = (torch.tensor(state[k]) for k in ("mean", "std"))
    if transformer:
        weights = torch.load(transformer, map_location="cpu")["ema"]
        models.denoiser = Transformer.like(weights)
        models.denoiser.load_state_dict(weights)
    return models


def from_bundle(directory):
    """The models of an exported bundle, from the weights in its graphs."""
    from model_lab.export import weights

    denoiser = weights(f"{directory}/denoiser.onnx")
    models = random_models(Transformer.like(denoiser))
    encoder, decoder = weights(f"{directory}/encoder.onnx"), weights(f"{directory}/decoder.onnx")
    models.encoder.load_state_dict(_under("encoder.", encoder))
    models.decoder.load_state_dict(_under("decoder.", decoder))
    names = models.denoiser.state_dict()
    wrong = sorted(k for k, v in names.items() if k not in denoiser or denoiser[k].shape != v.shape)
    if wrong:
        raise ValueError(f"{directory}/denoiser.onnx is of another transformer: {', '.join(wrong)} missing or of another shape")
    models.denoiser.load_state_dict({k: denoiser[k] for k in names})
    models.mean, models.std = decoder["mean"].reshape(-1), decoder["std"].reshape(-1)
    return models


def _under(prefix, state):
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
