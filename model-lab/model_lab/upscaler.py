"""Draws decoded pictures larger: any number of times as many pixels each way, frame by frame.

The network works on the small picture, most of it at half of its size. What it gives for each small pixel is a colour
and, for some layers, what the layer adds to the colour and how far its outline is. These are interpolated, and an
outline is drawn where the interpolated distance is zero: at any scale it is as sharp as it should be, and smooth, as
outlines of glyphs are that are kept as distances (Green, 2007).
"""

from typing import Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_lab.aliases import Weights

SCALES = (2, 4, 5)


class Block(nn.Module):
    """Residual: two 3×3 convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1)
        self.two = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.two.weight)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.two(F.silu(self.one(x)))
        return F.silu(x + y)


class Upscaler(nn.Module):
    """Pictures at any scale, from the same features."""

    def __init__(self, width: int = 48, fine: int = 24, blocks: int = 3, layers: int = 2) -> None:
        super().__init__()
        self.first = nn.Conv2d(12, width, 3, padding=1)
        self.blocks = nn.ModuleList([Block(width) for _ in range(blocks)])
        self.widen = nn.Conv2d(width, 4 * fine, 1)
        self.colours = nn.Conv2d(fine + 3, 3 + 3 * layers, 3, padding=1)
        self.distances = nn.Conv2d(fine + 3, layers, 3, padding=1)
        nn.init.zeros_(self.colours.weight)  # before any training, pictures are interpolated
        nn.init.zeros_(cast(Tensor, self.colours.bias))

    @classmethod
    def like(cls, weights: Weights) -> Self:
        """An upscaler of the size that these named weights have."""
        blocks = len({name.split(".")[1] for name in weights if name.startswith("blocks.")})
        wide, width = weights["widen.weight"].shape[:2]
        return cls(width, wide // 4, blocks, len(weights["distances.bias"]))

    @classmethod
    def of(cls, weights: Weights) -> Self:
        """The upscaler with these named weights."""
        upscaler = cls.like(weights)
        upscaler.load_state_dict(weights)
        return upscaler

    def forward(self, pictures: Tensor, scale: int) -> Tensor:
        """[N, 3, H, W] in [-1, 1], H and W even → [N, 3, H·scale, W·scale], about in [-1, 1]."""
        x = F.silu(self.first(F.pixel_unshuffle(pictures, 2).contiguous(memory_format=torch.channels_last)))
        for block in self.blocks:
            x = block(x)
        x = torch.cat([F.silu(F.pixel_shuffle(self.widen(x), 2)), pictures], 1)
        base, *added = self._interpolated(torch.cat([self.colours(x), pictures], 1), scale).split(3, 1)
        shown = torch.sigmoid(2 * scale * self._interpolated(self.distances(x), scale))
        large = base + added.pop()
        for layer, colour in enumerate(added):
            large = large + colour * shown[:, layer : layer + 1]
        return large

    @staticmethod
    def _interpolated(x: Tensor, scale: int) -> Tensor:
        return F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=False)
