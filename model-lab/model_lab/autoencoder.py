"""The video autoencoder: 8 times smaller in space, 8 times in time, 16 channels.

The encoder looks at every second frame; the decoder draws all, so that what lies between is its own.

Two-dimensional convolutions per frame (fast on CPUs in channels_last), mixed over time by a 1×1 convolution of the
previous, current and next frame. Every operation is local, so that the decoder can run in tiles: no normalisation looks
further than one position.
"""

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_lab.aliases import Weights

CHANNELS = 16
SPATIAL = 8
TEMPORAL = 8  # frames per latent frame
SEEN = 4  # of these the encoder looks at


class Block(nn.Module):
    """Residual: mix over neighbouring frames, then one 3×3 convolution in space."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.time = nn.Conv2d(3 * width, width, 1)
        self.space = nn.Conv2d(width, width, 3, padding=1)
        _silence(self.space)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """x: [B·frames, width, H, W]."""
        n, c, h, w = x.shape
        y = F.silu(x)
        clip = y.reshape(n // frames, frames, c, h, w)
        before = torch.cat([clip[:, :1], clip[:, :-1]], 1).reshape(n, c, h, w)
        after = torch.cat([clip[:, 1:], clip[:, -1:]], 1).reshape(n, c, h, w)
        y = F.silu(self.time(torch.cat([before, y, after], 1)))
        return x + self.space(y)


class Encoder(nn.Module):
    def __init__(self, fine: int = 48, coarse: int = 128, blocks: tuple[int, ...] = (2, 4)) -> None:
        super().__init__()
        self.first = nn.Conv2d(48, fine, 3, padding=1)
        self.fine = nn.ModuleList([Block(fine) for _ in range(blocks[0])])
        self.fold = nn.Conv2d(SEEN * fine, coarse, 1)
        self.down = nn.Conv2d(coarse, coarse, 4, stride=2, padding=1)
        self.coarse = nn.ModuleList([Block(coarse) for _ in range(blocks[1])])
        self.last = nn.Conv2d(coarse, CHANNELS, 1)

    @classmethod
    def like(cls, weights: Weights) -> Self:
        """An encoder with as many blocks as these named weights have."""
        return cls(blocks=_blocks(weights, "fine", "coarse"))

    def forward(self, frames: Tensor) -> Tensor:
        """[B, 3, F, H, W] in [-1, 1] → [B, 16, F/8, H/8, W/8], not normalised."""
        frames = frames[:, :, :: TEMPORAL // SEEN]
        b, _, f, h, w = frames.shape
        x = frames.transpose(1, 2).reshape(b * f, 3, h, w).contiguous(memory_format=torch.channels_last)
        x = F.silu(_through(self.fine, self.first(F.pixel_unshuffle(x, 4)), f))
        t = f // SEEN
        x = x.reshape(b * t, -1, h // 4, w // 4)
        x = self.down(F.silu(self.fold(x)))
        x = self.last(F.silu(_through(self.coarse, x, t)))
        return x.reshape(b, t, CHANNELS, h // 8, w // 8).transpose(1, 2)


class Decoder(nn.Module):
    """Three stages: at the latents' resolution, at a quarter and at half of the picture's.

    The last one adds to the picture of the second what it misses at outlines.
    """

    def __init__(self, coarse: int = 160, fine: int = 48, sharp: int = 32, blocks: tuple[int, ...] = (7, 5, 3)) -> None:
        super().__init__()
        self.first = nn.Conv2d(CHANNELS, coarse, 3, padding=1)
        self.coarse = nn.ModuleList([Block(coarse) for _ in range(blocks[0])])
        self.unfold = nn.Conv2d(coarse, TEMPORAL * fine * 4, 1)
        self.fine = nn.ModuleList([Block(fine) for _ in range(blocks[1])])
        self.picture = nn.Conv2d(fine, 48, 3, padding=1)
        self.widen = nn.Conv2d(fine, 4 * sharp, 1)
        self.sharp = nn.ModuleList([Block(sharp) for _ in range(blocks[2])])
        self.outlines = nn.Conv2d(sharp, 12, 3, padding=1)
        _silence(self.outlines)

    @classmethod
    def like(cls, weights: Weights) -> Self:
        """A decoder with as many blocks as these named weights have."""
        return cls(blocks=_blocks(weights, "coarse", "fine", "sharp"))

    def forward(self, latents: Tensor) -> Tensor:
        """[B, 16, T, H, W], not normalised → [B, 3, 8T, 8H, 8W], about in [-1, 1]."""
        b, c, t, h, w = latents.shape
        f = t * TEMPORAL
        x = latents.transpose(1, 2).reshape(b * t, c, h, w).contiguous(memory_format=torch.channels_last)
        x = _through(self.coarse, self.first(x), t)
        x = F.pixel_shuffle(self.unfold(F.silu(x)), 2)
        x = x.reshape(b * f, -1, 2 * h, 2 * w).contiguous(memory_format=torch.channels_last)
        x = F.silu(_through(self.fine, x, f))
        y = F.pixel_shuffle(self.widen(x), 2).contiguous(memory_format=torch.channels_last)
        y = self.outlines(F.silu(_through(self.sharp, y, f)))
        x = F.pixel_shuffle(self.picture(x), 4) + F.pixel_shuffle(y, 2)
        return x.reshape(b, f, 3, 8 * h, 8 * w).transpose(1, 2)


def _silence(layer: nn.Conv2d) -> None:
    """Has the layer begin without any effect."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def _through(blocks: nn.ModuleList, x: Tensor, frames: int) -> Tensor:
    for block in blocks:
        x = block(x, frames)
    return x


def _blocks(weights: Weights, *stages: str) -> tuple[int, ...]:
    return tuple(len({name.split(".")[1] for name in weights if name.startswith(f"{stage}.")}) for stage in stages)
