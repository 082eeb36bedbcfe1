"""Contact sheets: one row a clip, frames from left to right."""

from collections.abc import Sequence

import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn import functional as F


def sheet(clips: Tensor, path: str, columns: int = 8, labels: Sequence[str] | None = None, shrink: int = 1) -> None:
    """Writes clips [B, F, 3, H, W] in [-1, 1] as one picture, its frames `shrink` times smaller than drawn."""
    clips = clips.detach().float().cpu()
    picks = torch.linspace(0, clips.shape[1] - 1, min(columns, clips.shape[1])).round().long()
    pictures = F.avg_pool3d(clips[:, picks].clamp(-1, 1), (1, shrink, shrink))
    pictures = ((pictures + 1) * 127.5).round().byte()
    b, f, _, h, w = pictures.shape
    label = 14 if labels else 0
    image = Image.new("RGB", (f * (w + 2), b * (h + 2 + label)), "white")
    pen = ImageDraw.Draw(image)
    for i in range(b):
        top = i * (h + 2 + label)
        if labels:
            pen.text((2, top), labels[i], fill="black")
        for j in range(f):
            image.paste(Image.fromarray(pictures[i, j].permute(1, 2, 0).numpy()), (j * (w + 2), top + label))
    image.save(path, optimize=True)
