"""Trains the upscaler on what the autoencoder makes of small windows of scenes, and the same windows drawn large.

The world is drawn from formulas, so a window can be drawn at any size. Each step trains one of the scales.
"""

import argparse
import math
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from model_lab.autoencoder import TEMPORAL
from model_lab.checkpoint import Models, load, save
from model_lab.clips import around, frames
from model_lab.sheet import sheet
from model_lab.train_autoencoder import FAST, weights, window
from model_lab.upscaler import SCALES, Upscaler
from model_lab.world import scene
from model_lab.world import vocabulary as v
from model_lab.world.render import grid

LENGTH = 2 * TEMPORAL  # frames of a window that is looked at; the encoder sees a latent frame more at each end
SLIGHT = 1e-4  # energy of slopes below which none is seen
KEPT = 800  # pictures of each scale
EACH = 4  # of a clip
FIRST = 30  # clips of each scale that are drawn before the training begins
DRAWN_EVERY = 6  # steps of a scale after which a clip is drawn
LATENT_NOISE = 0.05  # what the denoiser leaves, about
AVERAGE = 0.998  # share of the averaged weights that a step leaves
HELD = [f"held {i}" for i in range(6)]


@dataclass(frozen=True)
class Options:
    """How to train; see `main`."""

    out: str
    autoencoder: str
    resume: str
    steps: int
    minutes: float
    batch: int
    crop: int
    excerpt: int
    steep: float
    lr: float
    seed: int
    device: str


def example(rng: random.Random, side: int, scale: int) -> tuple[Tensor, Tensor, Tensor]:
    """A window of a scene as the encoder sees it [3, 2·TEMPORAL + LENGTH, side, side], its middle as large as it is to
    be drawn [3, LENGTH, side·scale, side·scale], and how much each pixel counts [1, LENGTH, side·scale, side·scale].
    """
    seen = LENGTH + 2 * TEMPORAL
    whole = rng.choice([48, 96, 96, 192])
    of = scene.sample(rng.randrange(1 << 60), words=rng.choice([FAST, v.EVERYTHING]))
    of = scene.composed(of, whole, 128, 128)
    start = TEMPORAL * rng.randint(0, (whole - seen) // TEMPORAL)
    middle = start + TEMPORAL
    part = window(rng, of, side, (middle + rng.uniform(0, LENGTH)) / scene.FPS)
    small = frames([of], windows=[part], frames=seen, start=start)[0]
    top, left, rows, columns = (scale * edge for edge in part)
    large = frames(
        [of], windows=[(top, left, rows, columns)], frames=LENGTH, start=middle, height=128 * scale, width=128 * scale
    )[0]
    count = weights(of, part, middle, LENGTH)[0]
    return small, large, _enlarged(count, scale)


def _enlarged(pixels: Tensor, scale: int) -> Tensor:
    return pixels.repeat_interleave(scale, -1).repeat_interleave(scale, -2)


class Pictures:
    """Pictures of the last clips that were drawn, as the autoencoder shows them and as they are to be; for each scale.

    To draw a clip and to send it through the autoencoder takes longer than a step of training, so pictures are used
    again, in other excerpts.
    """

    def __init__(self, models: Models, o: Options) -> None:
        self.models, self.side, self.device = models, o.crop, o.device
        self.rng = random.Random(f"upscaler {o.seed}")
        self.kept: dict[int, deque[tuple[Tensor, Tensor, Tensor]]] = {s: deque(maxlen=KEPT) for s in SCALES}

    def draw(self, scale: int) -> None:
        """Adds EACH pictures of a new clip."""
        small, large, count = example(self.rng, self.side, scale)
        shown = decoded(self.models, small[None].to(self.device), LATENT_NOISE).cpu()
        for i in self.rng.sample(range(LENGTH), EACH):
            self.kept[scale].append((shown[i].half(), large[:, i].half(), count[:, i].half()))

    def batch(self, scale: int, size: int, excerpt: int) -> list[Tensor]:
        """Excerpts of so many pixels of a random choice of the pictures, half of them mirrored; float32 [B, ...]."""
        found = []
        for picture in self.rng.choices(self.kept[scale], k=size):
            top, left = (self.rng.randrange(0, self.side - excerpt + 1, 2) for _ in range(2))
            parts = [_part(x, top, left, excerpt, k) for x, k in zip(picture, (1, scale, scale))]
            found.append([x.flip(-1) for x in parts] if self.rng.random() < 0.5 else parts)
        return [torch.stack(x).float().to(self.device) for x in zip(*found)]


def _part(picture: Tensor, top: int, left: int, side: int, scale: int) -> Tensor:
    return picture[:, scale * top : scale * (top + side), scale * left : scale * (left + side)]


def loss_of(large: Tensor, picture: Tensor, count: Tensor, scale: int, steep: float) -> Tensor:
    """L1, some L2, L1 of the slopes, which are what is sharp, and how far each place's slopes are from as steep.

    Where an edge's place is uncertain, the first three are least for a soft edge. The last two are least for an edge
    that is as steep as the true one (energy of the slopes) and does not overshoot (their sum), wherever it is.
    """
    d = picture - large
    slopes, uneven = torch.zeros(()), torch.zeros(())
    for axis in (-1, -2):
        found, true = picture.diff(dim=axis), large.diff(dim=axis)
        counted = count.narrow(axis, 1, count.shape[axis] - 1)
        slopes = slopes + ((found - true).abs() * counted).mean()
        around = F.avg_pool2d(counted, 3 * scale, scale)
        rise = _around(found.abs(), scale) - _around(true.abs(), scale)
        energy = (_around(found.square(), scale) + SLIGHT).sqrt() - (_around(true.square(), scale) + SLIGHT).sqrt()
        uneven = uneven + ((rise.abs() * scale + energy.abs() * scale**0.5) * around).mean()
    return (d.abs() * count).mean() + 4 * (d.square() * count).mean() + 0.25 * scale * slopes + steep * uneven


def _around(slopes: Tensor, scale: int) -> Tensor:
    """The mean of slopes over squares of 3×3 small pixels."""
    return F.avg_pool2d(slopes, 3 * scale, scale)


def steepness(clip: Tensor, near: Tensor) -> float:
    """The energy of a clip's gradients in space where `near` is 1."""
    across = ((clip[..., 1:] - clip[..., :-1]).square() * near[..., 1:]).sum()
    return (across + ((clip[..., 1:, :] - clip[..., :-1, :]).square() * near[..., 1:, :]).sum()).item()


@torch.no_grad()
def decoded(models: Models, small: Tensor, noise: float = 0.0) -> Tensor:
    """What the autoencoder makes of clips [B, 3, F, H, W], with so much noise on their latents, but for their first and
    last latent frame: [B·(F − 2·TEMPORAL), 3, H, W] in [-1, 1].
    """
    latents = models.encoder(small)
    clips = models.decoder(latents + noise * torch.randn_like(latents))[:, :, TEMPORAL:-TEMPORAL]
    return clips.transpose(1, 2).flatten(0, 1).clamp(-1, 1)


@torch.no_grad()
def measure(
    models: Models, upscaler: Callable[[Tensor], Tensor], scale: int, height: int = 128, width: int = 128
) -> tuple[float, float, Tensor]:
    """PSNR of held-out scenes that went through the autoencoder at a size, the share of the true steepness around
    their things, and true and decoded pictures.
    """
    errors, shares, shown = [], [], []
    for seed in HELD:
        of = scene.composed(scene.sample(seed, held=True), 96, height, width)
        small = frames([of], frames=24, height=height, width=width)
        picture = upscaler(decoded(models, small)).float().clamp(-1, 1)
        large = frames([of], frames=8, start=8, height=height * scale, width=width * scale)[0].transpose(0, 1)
        near = torch.stack([around(of, (8 + i) / scene.FPS, *grid(height, width), 0.03) for i in range(8)])
        near = _enlarged(near[:, None].float(), scale)
        shares.append(steepness(picture, near) / steepness(large, near))
        errors.append((picture - large).square().mean().item())
        shown += [large[4], picture[4]]
    return 10 * math.log10(4 * len(errors) / sum(errors)), sum(shares) / len(shares), torch.stack(shown)


def keep(o: Options, models: Models, upscaler: Upscaler, step: int) -> None:
    """Writes the checkpoint, and a sheet of held-out pictures next to true ones."""
    for scale in SCALES:
        found, share, shown = measure(models, partial(upscaler, scale=scale), scale)
        print(f"step={step} scale={scale} held-out-psnr={found:.2f} steepness={share:.3f}", flush=True)
    save(o.out, {"upscaler": upscaler.state_dict(), "step": step})
    sheet(shown[:, None], f"{o.out}.png")


def train(o: Options) -> None:
    torch.manual_seed(0)
    models = load(o.autoencoder)
    for module in (models.encoder, models.decoder):
        module.to(o.device).to(memory_format=torch.channels_last).eval().requires_grad_(False)
    upscaler, step = Upscaler(), 0
    if o.resume:
        state = torch.load(o.resume, map_location="cpu")
        upscaler, step = Upscaler.of(state["upscaler"]), state["step"]
    upscaler = upscaler.to(o.device).to(memory_format=torch.channels_last)
    means: dict[int, float] = {}
    averaged = AveragedModel(upscaler, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE))
    optimizer = torch.optim.AdamW(upscaler.parameters(), o.lr, betas=(0.9, 0.97), weight_decay=1e-4)
    pictures = Pictures(models, o)
    for scale in SCALES:
        for _ in range(FIRST):
            pictures.draw(scale)
    first, begin, saved = step, time.time(), time.time()
    while (done := max((step - first) / o.steps, (time.time() - begin) / 60 / o.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = o.lr * min(1, (step - first + 1) / 200) * (0.51 + 0.49 * math.cos(math.pi * done))
        scale = SCALES[step % len(SCALES)]
        if step // len(SCALES) % DRAWN_EVERY == 0:
            pictures.draw(scale)
        small, large, count = pictures.batch(scale, o.batch, o.excerpt)
        loss = loss_of(large, upscaler(small, scale), count, scale, o.steep)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(upscaler.parameters(), 1.0)
        optimizer.step()
        averaged.update_parameters(upscaler)
        step += 1
        means[scale] = means.get(scale, loss.item()) * 0.98 + loss.item() * 0.02
        if step % 200 == 0:
            said = " ".join(f"loss-{scale}={mean:.4f}" for scale, mean in sorted(means.items()))
            print(f"step={step} {said} seconds={time.time() - begin:.0f}", flush=True)
        if time.time() - saved > 600:
            keep(o, models, cast(Upscaler, averaged.module), step)
            saved = time.time()
    keep(o, models, cast(Upscaler, averaged.module), step)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", required=True)
    options.add_argument("--autoencoder", required=True, help="checkpoint of the encoder and decoder")
    options.add_argument("--resume", default="", help="checkpoint of this training to go on from")
    options.add_argument("--steps", type=int, default=1 << 30, help="of this training; the learning rate ends with it")
    options.add_argument("--minutes", type=float, default=60, help="ends earlier, likewise")
    options.add_argument("--batch", type=int, default=12, help="excerpts of a step")
    options.add_argument("--crop", type=int, default=64, help="side of a window, in pixels that the encoder sees")
    options.add_argument("--excerpt", type=int, default=32, help="side of what a step sees of a window; even")
    options.add_argument("--steep", type=float, default=0.5, help="how much the steepness of edges counts")
    options.add_argument("--lr", type=float, default=1e-3)
    options.add_argument("--seed", type=int, default=0, help="of the drawn clips")
    options.add_argument("--device", default="cpu")
    train(Options(**vars(options.parse_args(arguments))))


if __name__ == "__main__":
    main()
