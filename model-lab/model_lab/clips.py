"""The training set: shards of latents and caption embeddings, rendered, encoded and embedded once.

Clip i is `scene.sample("train i")`, composed for its shape; so any number of processes may make shards, in any order,
and get the same bits. All clips of a shard are of one shape; a training may mix shapes, and by `--only` see more of
what is hard.
"""

import argparse
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from model_lab.aliases import Shape, Words
from model_lab.autoencoder import CHANNELS, SEEN, SPATIAL, Encoder
from model_lab.autoencoder import TEMPORAL as TIME
from model_lab.checkpoint import Models, load, save
from model_lab.precision import autocast
from model_lab.text import TextEncoder
from model_lab.world import captions, scene
from model_lab.world import vocabulary as v
from model_lab.world.motion import seen
from model_lab.world.render import cover, grid, render
from model_lab.world.scene import Scene

SHARD = 100  # clips in a shard
SAYINGS = 3  # captions of a clip
TOKENS = 32  # no caption of the grammar is longer
SHAPE = (48, 128, 128)  # frames, height and width of a clip where nothing else is said


Embed = Callable[[str], NDArray[np.float32]]  # a text encoder, see `TextEncoder`


class Batch(NamedTuple):
    """Clips to train on, see `Clips.batch`."""

    latents: Tensor  # [B, C, T, H, W]
    context: Tensor  # [B, TOKENS, D]
    mask: Tensor  # [B, TOKENS]
    things: Tensor  # [B, T, H, W]
    outlines: Tensor  # [B, T, 2H, 2W]
    stills: Tensor | None  # [B, 2, C, H, W]
    span: Tensor  # [B, 2]


@dataclass(frozen=True)
class Options:
    """What to draw, and where; see `main`."""

    autoencoder: str
    minilm: str
    out: str
    count: int
    first: int
    shape: Shape
    device: str
    only: Words


def frames(scenes: Sequence[Scene], **how: Any) -> Tensor:
    """Clips [B, 3, F, H, W] in [-1, 1]."""
    return render(scenes, **how).transpose(1, 2)


@torch.no_grad()
def statistics(encoder: Encoder, clips: int = 100, device: str = "cpu") -> tuple[Tensor, Tensor]:
    """Mean and standard deviation [16] of the latents of the first training clips."""
    latents = torch.cat([encoder(frames([scene.sample(f"train {i}")]).to(device)).float() for i in range(clips)])
    return latents.mean((0, 2, 3, 4)).cpu(), latents.std((0, 2, 3, 4)).cpu()


def latent(shape: Shape) -> Shape:
    """Frames, height and width of a clip's latents."""
    return shape[0] // TIME, shape[1] // SPATIAL, shape[2] // SPATIAL


def where(of: Scene, shape: Shape = SHAPE) -> Tensor:
    """True at the latent positions [T, H, W] of a clip that a thing touches."""
    length, height, width = latent(shape)
    x, y = grid(height, width)
    touched = torch.zeros(length, height, width, dtype=torch.bool)
    for frame in range(length * TIME):
        touched[frame // TIME] |= around(of, frame / scene.FPS, x, y, 0.1)
    return touched


def around(of: Scene, time: float, x: Tensor, y: Tensor, margin: float) -> Tensor:
    """True at the points of the picture that lie within a thing's circle and a margin around it, at a time in
    seconds.
    """
    return torch.stack(
        [torch.hypot(x - cx, y - cy) < 1.2 * radius + margin for cx, cy, radius, _ in seen(of, time)]
    ).any(0)


def outlines(of: Scene, shape: Shape = SHAPE) -> Tensor:
    """The share of each cell [T, 2H, 2W] of half a latent position that things cover in the middle of each latent
    frame.
    """
    length, height, width = latent(shape)
    x, y = grid(2 * height, 2 * width)
    return torch.stack(
        [cover(of, (TIME * (frame + 0.5) - 0.5) / scene.FPS, x, y, 1 / height) for frame in range(length)]
    )


def encoded(scenes: Sequence[Scene], encoder: Encoder, shape: Shape = SHAPE, device: str = "cpu") -> Tensor:
    """Latents of whole clips; only the frames are drawn that the encoder looks at."""
    step = TIME // SEEN
    drawn = frames(scenes, frames=shape[0], height=shape[1], width=shape[2], step=step, device=device)
    return encoder(drawn.repeat_interleave(step, 2)).float()


@torch.no_grad()
def stills(scenes: Sequence[Scene], models: Models, shape: Shape = SHAPE, device: str = "cpu") -> Tensor:
    """Latents [B, 2, C, H, W] of each clip's first and last picture, standing still for a latent frame, normalised."""
    mean, std = (s.reshape(1, 1, CHANNELS, 1, 1).to(device) for s in (models.mean, models.std))
    ends = torch.stack(
        [
            frames(scenes, frames=1, height=shape[1], width=shape[2], start=at, device=device)
            for at in (0, shape[0] - 1)
        ],
        1,
    )
    still = models.encoder(ends.flatten(0, 1).expand(-1, -1, TIME, -1, -1))
    return (still.unflatten(0, ends.shape[:2])[:, :, :, 0] - mean) / std


@torch.no_grad()
def shard(
    first: int, models: Models, text: Embed, shape: Shape = SHAPE, device: str = "cpu", words: Words = v.EVERYTHING
) -> dict[str, Tensor]:
    """The clips first … first + 99: latents, stills and embeddings in half precision, and the embeddings' lengths."""
    scenes = [scene.composed(scene.sample(f"train {first + i}", words=words), *shape) for i in range(SHARD)]
    mean, std = (s.reshape(1, CHANNELS, 1, 1, 1).to(device) for s in (models.mean, models.std))
    # In bfloat16, three times as fast on a CPU; latents change by 0.6 % of their deviation.
    with autocast(device):
        encodings = [encoded([s], models.encoder, shape, device) for s in scenes]
    latents = [(encoding - mean) / std for encoding in encodings]
    embeddings = torch.zeros(SHARD, SAYINGS, TOKENS, 384)
    lengths = torch.zeros(SHARD, SAYINGS, dtype=torch.int64)
    for i, s in enumerate(scenes):
        for j, caption in enumerate(captions.captions(s, first + i, SAYINGS)):
            tokens = torch.from_numpy(text(caption))[:TOKENS]
            embeddings[i, j, : len(tokens)] = tokens
            lengths[i, j] = len(tokens)
    return {
        "latents": torch.cat(latents).half().cpu(),
        "stills": stills(scenes, models, shape, device).half().cpu(),
        "things": torch.stack([where(s, shape) for s in scenes]),
        "outlines": torch.stack([outlines(s, shape) for s in scenes]).half(),
        "embeddings": embeddings.half(),
        "lengths": lengths,
    }


class Clips:
    """All shards below a directory in a device's memory; `refresh` takes in those that were made meanwhile."""

    def __init__(self, directory: str | Path, device: str = "cpu") -> None:
        self.directory, self.device = Path(directory), device
        self.names: set[Path] = set()
        self.shards: list[dict[str, Tensor]] = []
        self.refresh()

    def refresh(self) -> None:
        for path in sorted(self.directory.rglob("*.pt")):
            if path not in self.names:
                self.names.add(path)
                self.shards.append(torch.load(path, map_location=self.device))

    def __len__(self) -> int:
        return len(self.shards) * SHARD

    def by_shape(self, longest: int | None = None) -> dict[Shape, list[int]]:
        """The clips' indices for each shape [T, H, W] of their latents, or of excerpts with at most `longest` latent
        frames.
        """
        groups: dict[Shape, list[int]] = {}
        for number, part in enumerate(self.shards):
            length, height, width = part["latents"].shape[2:]
            shape = (min(length, longest or length), height, width)
            groups.setdefault(shape, []).extend(range(number * SHARD, (number + 1) * SHARD))
        return groups

    def batch(
        self,
        indices: Sequence[int],
        empty: Tensor,
        rng: random.Random,
        dropout: float = 0.1,
        longest: int | None = None,
    ) -> Batch:
        """Latents, embeddings padded to TOKENS, their mask, where the things are, their outlines, the stills, and the
        span.

        Each caption is one of its clip's, or with probability `dropout` the empty text. With `longest` what is longer
        is cut to an excerpt of that many latent frames, which begins anywhere; `span` [B, 2] holds its first one and
        the whole clip's length. Then there are no stills, but None: an excerpt seldom begins or ends with its clip.
        """
        samples = [(self.shards[index // SHARD], index % SHARD, rng.randrange(SAYINGS)) for index in indices]
        wholes = [part["latents"].shape[2] for part, *_ in samples]
        length = min(longest or max(wholes), *wholes)
        spans = [(rng.randint(0, whole - length), whole) for whole in wholes]
        latents, things, drawn = (
            torch.stack([part[key][i].narrow(axis, begin, length) for (part, i, _), (begin, _) in zip(samples, spans)])
            for key, axis in (("latents", 1), ("things", 0), ("outlines", 0))
        )
        still = torch.stack([part["stills"][i] for part, i, _ in samples]).float() if length == max(wholes) else None
        context, lengths = (
            torch.stack([part[key][i, j] for part, i, j in samples]) for key in ("embeddings", "lengths")
        )
        dropped = torch.tensor([rng.random() < dropout for _ in samples]).to(self.device)
        padded = F.pad(empty, (0, 0, 0, TOKENS - len(empty))).to(self.device)
        context = torch.where(dropped[:, None, None], padded, context.float())
        lengths = torch.where(dropped, len(empty), lengths)
        mask = (torch.arange(TOKENS, device=self.device) < lengths[:, None]).long()
        span = torch.tensor(spans, device=self.device)
        return Batch(latents.float(), context, mask, things, drawn.float(), still, span)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--autoencoder", required=True)
    options.add_argument("--minilm", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--count", type=int, default=12000)
    options.add_argument("--first", type=int, default=0, help="number of the first clip")
    options.add_argument("--shape", type=shaped, default=SHAPE, help="FRAMESxHEIGHTxWIDTH, default 48x128x128")
    options.add_argument("--device", default="cpu")
    options.add_argument(
        "--only",
        type=only,
        default=v.EVERYTHING,
        metavar="WHAT=WORD,WORD[;...]",
        help="of scenes with one thing, e.g. motions=spins,rolls;sizes=small",
    )
    o = Options(**vars(options.parse_args()))
    models, text = load(o.autoencoder), TextEncoder(o.minilm)
    models.encoder.to(o.device).eval()
    out = Path(o.out) / "x".join(map(str, o.shape))
    out.mkdir(parents=True, exist_ok=True)
    for first in range(o.first, o.first + o.count, SHARD):
        path = out / f"{first:06d}.pt"
        if not path.exists():
            save(path, shard(first, models, text, o.shape, o.device, o.only))
            print(f"clips={first + SHARD}", flush=True)


def only(text: str) -> Words:
    """Of an option: the vocabulary with nothing but these words of those that are named."""
    words = dict(v.EVERYTHING)
    for what, _, chosen in (part.partition("=") for part in text.split(";")):
        words[what] = chosen.split(",")
        if unknown := set(words[what]) - set(v.EVERYTHING.get(what, ())):
            known = v.EVERYTHING.get(what, list(v.EVERYTHING))
            raise argparse.ArgumentTypeError(f"{what}={','.join(sorted(unknown))}: known are {known}")
    return words


def shaped(text: str) -> Shape:
    """Of an option: frames, height and width of clips."""
    if not (found := re.fullmatch(r"(\d+)x(\d+)x(\d+)", text)):
        raise argparse.ArgumentTypeError(f"{text} is not FRAMESxHEIGHTxWIDTH")
    length, height, width = map(int, found.groups())
    shape = (length, height, width)
    if not all(shape) or shape[0] % TIME or shape[1] % (2 * SPATIAL) or shape[2] % (2 * SPATIAL):
        raise argparse.ArgumentTypeError(f"{text}: frames are multiples of {TIME}, sizes of {2 * SPATIAL}")
    return shape


if __name__ == "__main__":
    main()
