"""Trains the upscaler on what the autoencoder makes of small windows of scenes, and the same windows drawn large.

The world is drawn from formulas, so a window can be drawn at any size. Each step trains one of the scales.
"""

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.multiprocessing as processes
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from model_lab.autoencoder import TEMPORAL
from model_lab.checkpoint import Models, load, save
from model_lab.clips import frames
from model_lab.sheet import sheet
from model_lab.train_autoencoder import FAST, weights, window
from model_lab.upscaler import SCALES, Upscaler
from model_lab.world import scene
from model_lab.world import vocabulary as v

LENGTH = 2 * TEMPORAL  # frames of a window that is looked at; the encoder sees a latent frame more at each end
AVERAGE = 0.998  # share of the averaged weights that a step leaves
HELD = [f"held {i}" for i in range(6)]


@dataclass(frozen=True)
class Options:
    """How to train; see `main`."""

    out: str
    autoencoder: str
    resume: str
    minutes: float
    batch: int
    crop: int
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


def examples(name: str, count: int, side: int) -> tuple[int, list[Tensor]]:
    """A scale, and a batch of `example`s of it."""
    rng = random.Random(name)
    scale = rng.choice(SCALES)
    return scale, [torch.stack(x) for x in zip(*(example(rng, side, scale) for _ in range(count)))]


def draw(queue: Any, name: str, count: int, side: int) -> None:
    """Body of the process that draws ahead of the training."""
    torch.set_num_threads(1)
    step = 0
    while True:
        scale, batch = examples(f"upscaler {name} {step}", count, side)
        queue.put((scale, [x.half() for x in batch]))
        step += 1


def loss_of(large: Tensor, picture: Tensor, count: Tensor, scale: int) -> Tensor:
    """L1, some L2, and L1 of the slopes, which are what is sharp; as steep on a small scale as on a large one."""
    d = picture - large
    slopes = ((d[..., 1:] - d[..., :-1]).abs() * count[..., 1:]).mean() + (
        (d[..., 1:, :] - d[..., :-1, :]).abs() * count[..., 1:, :]
    ).mean()
    return (d.abs() * count).mean() + 4 * (d.square() * count).mean() + 0.5 * scale * slopes


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
def measure(models: Models, upscaler: Upscaler, scale: int) -> tuple[float, float, Tensor]:
    """PSNR of held-out scenes, the share of the true steepness around their things, and true and decoded pictures."""
    errors, shares, shown = [], [], []
    for seed in HELD:
        of = scene.sample(seed, held=True)
        picture = upscaler(decoded(models, frames([of], frames=24)), scale).float().clamp(-1, 1)
        large = frames([of], frames=8, start=8, height=128 * scale, width=128 * scale)[0].transpose(0, 1)
        near = _enlarged((weights(of, (0, 0, 128, 128), 8, 8)[0, 0, :, None] > 1).float(), scale)
        shares.append(steepness(picture, near) / steepness(large, near))
        errors.append((picture - large).square().mean().item())
        shown += [large[4], picture[4]]
    return 10 * math.log10(4 * len(errors) / sum(errors)), sum(shares) / len(shares), torch.stack(shown)


def keep(o: Options, models: Models, upscaler: Upscaler, step: int) -> None:
    """Writes the checkpoint, and a sheet of held-out pictures next to true ones."""
    for scale in SCALES:
        found, share, shown = measure(models, upscaler, scale)
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
        upscaler, step = Upscaler.like(state["upscaler"]), state["step"]
        upscaler.load_state_dict(state["upscaler"])
    upscaler = upscaler.to(o.device).to(memory_format=torch.channels_last)
    averaged = AveragedModel(upscaler, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE))
    optimizer = torch.optim.AdamW(upscaler.parameters(), o.lr, betas=(0.9, 0.97), weight_decay=1e-4)
    queue: Any = processes.Queue(4)
    processes.Process(target=draw, args=(queue, f"{o.seed}.{step}", o.batch, o.crop), daemon=True).start()
    first, begin, saved = step, time.time(), time.time()
    while (done := (time.time() - begin) / 60 / o.minutes) < 1:
        for group in optimizer.param_groups:
            group["lr"] = o.lr * min(1, (step - first + 1) / 100) * (0.51 + 0.49 * math.cos(math.pi * done))
        scale, batch = queue.get()
        small, large, count = (x.float().to(o.device) for x in batch)
        with torch.autocast(o.device, torch.bfloat16):
            picture = upscaler(decoded(models, small, 0.05), scale)
        large, count = (x.transpose(1, 2).flatten(0, 1) for x in (large, count))
        loss = loss_of(large, picture.float(), count, scale)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(upscaler.parameters(), 1.0)
        optimizer.step()
        averaged.update_parameters(upscaler)
        step += 1
        if step % 20 == 0:
            print(f"step={step} scale={scale} loss={loss.item():.4f} seconds={time.time() - begin:.0f}", flush=True)
        if time.time() - saved > 900:
            keep(o, models, cast(Upscaler, averaged.module), step)
            saved = time.time()
    keep(o, models, cast(Upscaler, averaged.module), step)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", required=True)
    options.add_argument("--autoencoder", required=True, help="checkpoint of the encoder and decoder")
    options.add_argument("--resume", default="", help="checkpoint of this training to go on from")
    options.add_argument("--minutes", type=float, default=120, help="of the training; the learning rate ends with it")
    options.add_argument("--batch", type=int, default=2)
    options.add_argument("--crop", type=int, default=64, help="side of a window, in pixels that the encoder sees")
    options.add_argument("--lr", type=float, default=1e-3)
    options.add_argument("--seed", type=int, default=0, help="of the drawn clips")
    options.add_argument("--device", default="cpu")
    train(Options(**vars(options.parse_args(arguments))))


if __name__ == "__main__":
    main()
