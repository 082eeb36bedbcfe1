"""LTX-Video's autoencoder behind the canonical interface: normalised latents, frames from -1 to 1."""

from typing import Any

import torch
from torch import Tensor, nn


class LtxDecoder(nn.Module):
    """Latents [B, C, T, H, W] to frames [B, 3, 1 + 8·(T − 1), 32·H, 32·W].

    The time at which the decoder takes noise out (0.9.1 and later) is baked in; the noise is the services' to add
    (`decoding.noise` of the manifest).
    """

    mean: Tensor
    std: Tensor

    def __init__(self, vae: Any, timestep: float | None) -> None:
        super().__init__()
        self.decoder = vae.decoder
        self.timestep = timestep
        _plain_convolutions(self.decoder)
        if timestep is not None:
            _bake_time(self.decoder, timestep)
        self.register_buffer("mean", _per_channel(vae.latents_mean), persistent=False)
        self.register_buffer("std", _per_channel(vae.latents_std) / vae.config.scaling_factor, persistent=False)

    def forward(self, latents: Tensor) -> Tensor:
        scaled = latents * self.std + self.mean
        if self.timestep is None:
            return self.decoder(scaled, None)
        # One row per clip: with a single row torch.export takes the batch for 1.
        time = torch.zeros_like(scaled[:, 0, 0, 0, 0]) + self.timestep
        return self.decoder(scaled, time)


class LtxEncoder(nn.Module):
    """Frames [B, 3, 1 + 8·k, H, W] to normalised latents: the middle of the distribution, not a sample of it."""

    mean: Tensor
    std: Tensor

    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.encoder = vae.encoder
        self.channels = vae.config.latent_channels
        _plain_convolutions(self.encoder)
        self.register_buffer("mean", _per_channel(vae.latents_mean), persistent=False)
        self.register_buffer("std", _per_channel(vae.latents_std) / vae.config.scaling_factor, persistent=False)

    def forward(self, frames: Tensor) -> Tensor:
        return (self.encoder(frames)[:, : self.channels] - self.mean) / self.std


class _BakedTime(nn.Module):
    """What a time embedder gives for the one time that there is."""

    embedded: Tensor

    def __init__(self, embedded: Tensor) -> None:
        super().__init__()
        self.register_buffer("embedded", embedded)

    def forward(self, timestep: Tensor, **_: Any) -> Tensor:
        return self.embedded.expand(timestep.shape[0], -1)


@torch.no_grad()
def _bake_time(decoder: Any, timestep: float) -> None:
    """Puts constants in place of the embedders of a decoder's time."""
    time = decoder.timestep_scale_multiplier * torch.tensor([timestep])
    for module in list(decoder.modules()):
        embedder = getattr(module, "time_embedder", None)
        if embedder is not None:
            embedded = embedder(
                timestep=time, resolution=None, aspect_ratio=None, batch_size=1, hidden_dtype=torch.float32
            )
            module.time_embedder = _BakedTime(embedded)


def _per_channel(values: Tensor) -> Tensor:
    return values.detach().float().reshape(1, -1, 1, 1, 1)


def _plain_convolutions(model: nn.Module) -> None:
    """Takes away the padding in time of convolutions that see one frame: ONNX can't repeat a frame no times."""
    modules: list[Any] = list(model.modules())
    for parent in modules:
        for name, child in list(parent.named_children()):
            if type(child).__name__ == "LTXVideoCausalConv3d" and child.kernel_size[0] == 1:
                setattr(parent, name, child.conv)
