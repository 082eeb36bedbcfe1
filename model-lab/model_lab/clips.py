"""The training set: shards of latents and caption embeddings, rendered, encoded and embedded once.

Clip i is `scene.sample("train i")`; so any number of processes may make shards, in any order, and get the same bits.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import torch

from model_lab.autoencoder import CHANNELS, TEMPORAL as TIME
from model_lab.checkpoint import load, save
from model_lab.text import TextEncoder
from model_lab.world import captions, scene
from model_lab.world.motion import seen
from model_lab.world.render import cover, grid, render

SHARD = 100      # clips in a shard
SAYINGS = 3      # captions of a clip
TOKENS = 32      # no caption of the grammar is longer
LENGTH = 6       # latent frames of a clip


def frames(scenes, **how):
    """Clips [B, 3, F, H, W] in [-1, 1]."""
    return render(scenes, **how).transpose(1, 2)


@torch.no_grad()
def statistics(encoder, clips=100, device="cpu"):
    """Mean and standard deviation [16] of the latents of the first training clips."""
    latents = torch.cat([encoder(frames([scene.sample(f"train {i}")], device=device)).float() for i in range(clips)])
    return latents.mean((0, 2, 3, 4)).cpu(), latents.std((0, 2, 3, 4)).cpu()


def where(of, length=LENGTH, side=16):
    """True at the latent positions [T, H, W] of a clip that a thing touches."""
    spots = (torch.arange(side) + 0.5) * 2 / side - 1
    touched = torch.zeros(length, side, side, dtype=torch.bool)
    for frame in range(length * TIME):
        for x, y, radius, _ in seen(of, frame / scene.FPS):
            touched[frame // TIME] |= torch.hypot(spots[None, :] - x, spots[:, None] + y) < 1.2 * radius + 0.1
    return touched


def outlines(of, length=LENGTH, side=32):
    """The share of each cell [T, side, side] that things cover in the middle of each latent frame."""
    x, y = grid(side, side)
    return torch.stack([cover(of, (TIME * (frame + 0.5) - 0.5) / scene.FPS, x, y, 2 / side)
                        for frame in range(length)])


@torch.no_grad()
def stills(scenes, models, device="cpu"):
    """Latents [B, 2, C, H, W] of each clip's first and last picture, standing still for a latent frame, normalised."""
    mean, std = (s.reshape(1, 1, CHANNELS, 1, 1).to(device) for s in (models.mean, models.std))
    ends = torch.stack([frames(scenes, frames=1, start=at, device=device) for at in (0, LENGTH * TIME - 1)], 1)
    still = models.encoder(ends.flatten(0, 1).expand(-1, -1, TIME, -1, -1))
    return (still.unflatten(0, ends.shape[:2])[:, :, :, 0] - mean) / std


@torch.no_grad()
def shard(first, models, text, device="cpu"):
    """The clips first … first + 99: latents, stills and embeddings in half precision, and the embeddings' lengths."""
    scenes = [scene.sample(f"train {first + i}") for i in range(SHARD)]
    mean, std = (s.reshape(1, CHANNELS, 1, 1, 1).to(device) for s in (models.mean, models.std))
    latents = [(models.encoder(frames([s], device=device)) - mean) / std for s in scenes]
    embeddings = torch.zeros(SHARD, SAYINGS, TOKENS, 384)
    lengths = torch.zeros(SHARD, SAYINGS, dtype=torch.int64)
    for i, s in enumerate(scenes):
        for j, caption in enumerate(captions.captions(s, first + i, SAYINGS)):
            words = torch.from_numpy(text(caption))[:TOKENS]
            embeddings[i, j, :len(words)] = words
            lengths[i, j] = len(words)
    return {"latents": torch.cat(latents).half().cpu(), "stills": stills(scenes, models, device).half().cpu(),
            "things": torch.stack([where(s) for s in scenes]),
            "outlines": torch.stack([outlines(s) for s in scenes]).half(),
            "embeddings": embeddings.half(), "lengths": lengths}


class Clips:
    """All shards of a directory in memory; `refresh` takes in those that were made meanwhile."""

    def __init__(self, directory):
        self.directory, self.names, self.shards = Path(directory), set(), []
        self.refresh()

    def refresh(self):
        for path in sorted(self.directory.glob("*.pt")):
            if path.name not in self.names:
                self.names.add(path.name)
                self.shards.append(torch.load(path))

    def __len__(self):
        return len(self.shards) * SHARD

    def batch(self, indices, empty, rng, dropout=0.1):
        """Latents, embeddings padded to TOKENS, their mask, where the things are, their outlines, and the stills.

        Each caption is one of its clip's, or with probability `dropout` the empty text.
        """
        samples = [(self.shards[index // SHARD], index % SHARD) for index in indices]
        latents, things, drawn, still = (torch.stack([part[key][i] for part, i in samples])
                                         for key in ("latents", "things", "outlines", "stills"))
        context = torch.zeros(len(samples), TOKENS, empty.shape[1])
        mask = torch.zeros(len(samples), TOKENS, dtype=torch.int64)
        for row, (part, i) in enumerate(samples):
            j = rng.randrange(SAYINGS)
            text = empty if rng.random() < dropout else part["embeddings"][i, j, :part["lengths"][i, j]]
            context[row, :len(text)] = text.float()
            mask[row, :len(text)] = 1
        return latents.float(), context, mask, things, drawn.float(), still.float()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--autoencoder", required=True)
    options.add_argument("--minilm", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--count", type=int, default=12000)
    options.add_argument("--device", default="cpu")
    o = options.parse_args()
    models, text, out = load(o.autoencoder), TextEncoder(o.minilm), Path(o.out)
    models.encoder.to(o.device).eval()
    os.makedirs(out, exist_ok=True)
    for first in range(0, o.count, SHARD):
        path = out / f"{first:06d}.pt"
        if not path.exists():
            save(path, shard(first, models, text, o.device))
            print(f"clips={first + SHARD}", flush=True)


if __name__ == "__main__":
    main()
