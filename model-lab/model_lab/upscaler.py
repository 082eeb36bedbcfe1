"""Draws decoded pictures larger: 2, 4 and 5 times as many pixels each way, frame by frame.

Most of the work is at half of the small picture's size. Then each of its pixels becomes a square of pixels at once
(sub-pixel convolution, Shi et al. 2016, arXiv:1609.05158), so that a larger scale costs little more.
"""

from typing import Self

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


class Head(nn.Module):
    """Each small pixel becomes `scale`² pixels; before any training, by bilinear interpolation."""

    def __init__(self, fine: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.pixels = nn.Conv2d(fine + 3, 3 * scale * scale, 3, padding=1)
        with torch.no_grad():
            self.pixels.weight.mul_(0.1)
            self.pixels.weight[:, fine:] = bilinear(scale)

    def forward(self, features: Tensor, pictures: Tensor) -> Tensor:
        return F.pixel_shuffle(self.pixels(torch.cat([features, pictures], 1)), self.scale)


class Upscaler(nn.Module):
    """Pictures at each of `scales`, from the same features."""

    def __init__(self, scales: tuple[int, ...] = SCALES, width: int = 48, fine: int = 24, blocks: int = 3) -> None:
        super().__init__()
        self.first = nn.Conv2d(12, width, 3, padding=1)
        self.blocks = nn.ModuleList([Block(width) for _ in range(blocks)])
        self.widen = nn.Conv2d(width, 4 * fine, 1)
        self.heads = nn.ModuleDict({str(scale): Head(fine, scale) for scale in scales})

    @classmethod
    def like(cls, weights: Weights) -> Self:
        """An upscaler of the size and with the scales that these named weights have."""
        scales = sorted({int(name.split(".")[1]) for name in weights if name.startswith("heads.")})
        blocks = len({name.split(".")[1] for name in weights if name.startswith("blocks.")})
        wide, width = weights["widen.weight"].shape[:2]
        return cls(tuple(scales), width, wide // 4, blocks)

    def forward(self, pictures: Tensor, scale: int) -> Tensor:
        """[N, 3, H, W] in [-1, 1], H and W even → [N, 3, H·scale, W·scale], about in [-1, 1]."""
        x = F.silu(self.first(F.pixel_unshuffle(pictures, 2).contiguous(memory_format=torch.channels_last)))
        for block in self.blocks:
            x = block(x)
        features = F.silu(F.pixel_shuffle(self.widen(x), 2))
        large: Tensor = self.heads[str(scale)](features, pictures)
        return large


def bilinear(scale: int) -> Tensor:
    """The weights [3·scale², 3, 3, 3] of a convolution whose output, shuffled, is its input interpolated."""
    near = torch.zeros(scale, 3)
    for i in range(scale):
        at = (i + 0.5) / scale - 0.5
        near[i, 1] = 1 - abs(at)
        near[i, 2 if at > 0 else 0] += abs(at)
    square = torch.einsum("iy,jx->ijyx", near, near).reshape(scale * scale, 3, 3)
    weights = torch.zeros(3, scale * scale, 3, 3, 3)
    for colour in range(3):
        weights[colour, :, colour] = square
    return weights.flatten(0, 1)
