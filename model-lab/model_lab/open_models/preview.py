"""A linear map from latents to colours, by which previews are painted without the autoencoder.

Latents of autoencoders for pictures hold the mean colour of their place almost linearly, so that a matrix of a few
numbers shows rough shapes and colours at no cost. It is fitted to the checkpoint's own autoencoder when the bundle is
made: clips of smooth colour fields that move a little are encoded and decoded, and each latent position is paired with
the mean of the pixels that it stands for. Of clips that the fit hasn't seen, it says how much of the colours' variance
it explains. An autoencoder with random weights has no such map; its bundle gets none, and its decoder paints previews.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

EXPLAINED = 0.5  # of the variance of held-out colours, at least; less shows nothing that one recognises
_FRAMES = 3  # latent frames of a clip
_SIDE = 8  # latent positions of a clip's sides
_HELD_OUT = 4  # clips
_RIDGE = 1e-4  # of the latents' mean square, against coefficients that cancel each other out


@dataclass(frozen=True)
class Autoencoder:
    """A checkpoint's own: frames [B, 3, F, H, W] in -1 to 1 to normalised latents [B, C, T, H/space, W/space], back."""

    encode: Callable[[Tensor], Tensor]
    decode: Callable[[Tensor], Tensor]
    channels: int
    space: int
    time: int
    causal: bool = True  # the first latent frame stands for one frame


@dataclass(frozen=True)
class Preview:
    """A map, and the part of the variance of held-out colours that it explains."""

    matrix: Tensor  # [C, 3]
    bias: Tensor  # [3]
    explained: float

    def manifest(self) -> dict[str, Any]:
        """The field `preview` of a manifest."""
        return {"latentToRgb": _rounded(self.matrix.tolist()), "bias": _rounded(self.bias.tolist())}


@torch.no_grad()
def fit(autoencoder: Autoencoder, seed: int = 0) -> Preview:
    """Fits a map to clips of colour fields, and tries it on others."""
    draw = torch.Generator().manual_seed(seed)
    # Some ten samples for each coefficient, of which neighbours resemble each other.
    count = 4 + -(-20 * autoencoder.channels // (_FRAMES * _SIDE * _SIDE))
    latents, colours = _pairs(autoencoder, count, draw)
    center, mean = latents.mean(0), colours.mean(0)
    x, y = latents - center, colours - mean
    square = x.T @ x
    ridge = torch.eye(len(square), dtype=square.dtype) * (_RIDGE * square.diagonal().mean() + 1e-12)
    matrix = torch.linalg.solve(square + ridge, x.T @ y)
    bias = mean - center @ matrix
    tried, truth = _pairs(autoencoder, _HELD_OUT, draw)
    rest = (truth - (tried @ matrix + bias)).square().mean()
    spread = (truth - truth.mean(0)).square().mean()
    explained = 1 - (rest / spread).item() if spread > 0 else 0.0
    return Preview(matrix.float(), bias.float(), explained)


def _pairs(autoencoder: Autoencoder, count: int, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Latents [N, C] and the mean colours [N, 3] of what they are decoded to, in float64."""
    latents, colours = [], []
    for _ in range(count):
        encoded = autoencoder.encode(_field(autoencoder, draw))
        latents.append(encoded.transpose(0, 1).flatten(1).T)
        colours.append(_means(autoencoder, autoencoder.decode(encoded)).transpose(0, 1).flatten(1).T)
    return torch.cat(latents).double(), torch.cat(colours).double()


def _means(autoencoder: Autoencoder, frames: Tensor) -> Tensor:
    """The mean colour of each latent position's pixels, in all of its frames: [B, 3, T, H, W]."""
    if autoencoder.causal:
        frames = torch.cat([frames[:, :, :1].expand(-1, -1, autoencoder.time - 1, -1, -1), frames], 2)
    return F.avg_pool3d(frames.clamp(-1, 1), (autoencoder.time, autoencoder.space, autoencoder.space))


def _field(autoencoder: Autoencoder, draw: torch.Generator) -> Tensor:
    """A clip of smooth colours that move: sums of coarse and finer noise, enlarged, about a colour of its own."""
    frames = autoencoder.time * _FRAMES - (autoencoder.time - 1 if autoencoder.causal else 0)
    side = _SIDE * autoencoder.space
    clip = torch.randn(1, 3, 1, 1, 1, generator=draw) * 0.5
    for cells, strength in ((2, 0.5), (4, 0.4), (8, 0.25)):
        noise = torch.randn(1, 3, 2, cells, cells, generator=draw) * strength
        clip = clip + F.interpolate(noise, (frames, side, side), mode="trilinear", align_corners=True)
    return clip.tanh()


def _rounded(values: Any) -> Any:
    return [_rounded(value) for value in values] if isinstance(values, list) else round(values, 6)
