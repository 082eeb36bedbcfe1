"""Trains the autoencoder, or its decoder alone behind a frozen encoder, on random crops of freshly drawn clips.

With `--anchor` the latents stay near to those of an earlier encoder, so that a transformer trained on them stays of
use.
"""

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.multiprocessing as processes
from torch import Tensor
from torch.nn import functional as F

from model_lab.aliases import Window
from model_lab.autoencoder import SPATIAL, TEMPORAL, Decoder, Encoder
from model_lab.checkpoint import load, save
from model_lab.clips import around, frames, statistics
from model_lab.precision import autocast
from model_lab.sheet import sheet
from model_lab.world import scene
from model_lab.world import vocabulary as v
from model_lab.world.motion import seen
from model_lab.world.render import grid
from model_lab.world.scene import Scene

THING_WEIGHT = 8  # of the pixels around a thing, which is small but what one looks at
# What moves far within a latent frame, or turns, is the hardest: a half of the clips.
FAST = v.EVERYTHING | {
    "sizes": ["small", "small", "medium", "big"],
    "motions": [
        "orbits",
        "orbits",
        "zigzags",
        "zigzags",
        "rolls",
        "rolls",
        "spins",
        "bounces",
        "takes off",
        "left",
        "right",
        "falls",
    ],
}
HELD = [f"held {i}" for i in range(6)]


@dataclass(frozen=True)
class Options:
    """How to train; see `main`."""

    out: str
    steps: int
    minutes: float
    batch: int
    crop: int
    drawers: int
    lr: float
    seed: int
    compile: bool
    resume: str
    decoder_only: bool
    anchor: str
    device: str


def window(rng: random.Random, of: Scene, side: int, time: float) -> Window:
    """A window of a scene; three of four lie around a thing at that time, which is small but what one looks at."""
    last = (128 - side) // 8
    if rng.random() < 0.25:
        return 8 * rng.randint(0, last), 8 * rng.randint(0, last), side, side
    x, y, _, _ = rng.choice(seen(of, time))
    top, left = ((1 + to) * 64 - side / 2 + rng.uniform(-12, 12) for to in (-y, x))
    return 8 * min(last, max(0, round(top / 8))), 8 * min(last, max(0, round(left / 8))), side, side


def crop(rng: random.Random, side: int, length: int = 48) -> tuple[Tensor, Tensor]:
    """A window [1, 3, length, side, side] of a random scene, and how much its pixels count, see `weights`."""
    whole = rng.choice([1, 2, 2, 2, 4]) * length
    of = scene.sample(rng.randrange(1 << 60), words=rng.choice([FAST, v.EVERYTHING]))
    of = scene.composed(of, whole, 128, 128)
    start = rng.randint(0, whole - length)
    part = window(rng, of, side, (start + rng.uniform(0, length)) / scene.FPS)
    return frames([of], windows=[part], frames=length, start=start), weights(of, part, start, length)


def weights(of: Scene, part: Window, start: int, length: int) -> Tensor:
    """How much the pixels [1, 1, length, H, W] of a window of a scene count: those around things more, and 1 on
    average.
    """
    x, y = grid(128, 128, part)
    count = torch.ones(length, *part[2:])
    for frame in range(length):
        count[frame][around(of, (start + frame) / scene.FPS, x, y, 0.03)] = THING_WEIGHT
    return (count / count.mean())[None, None]


def crops(seed: str, count: int, side: int) -> tuple[Tensor, Tensor]:
    """Clips [B, 3, 48, side, side], each a window of a part of a different scene, which lasts 2, 4 or 8 seconds, and
    the weights [B, 1, 48, side, side] of their pixels.

    One of eight is recoloured, and one of eight a texture. These are not of the world: without them the encoder's
    values grow without bounds on pictures that users bring.
    """
    rng = random.Random(seed)
    clips, counts = map(torch.cat, zip(*(crop(rng, side) for _ in range(count))))
    for i, clip in enumerate(clips):
        strange = rng.random()
        if strange < 1 / 8:
            clips[i] = recoloured(clip, rng)
        elif strange < 1 / 4:
            clips[i], counts[i] = texture(rng, clip.shape[1], side), 1
    return clips, counts


def recoloured(clip: Tensor, rng: random.Random) -> Tensor:
    """A clip with its colours mixed, down to grey, and another contrast."""
    mix = torch.full((3, 3), 1 / 3).lerp(torch.eye(3)[rng.sample(range(3), 3)], rng.random())
    return (torch.einsum("ij,jfhw->ifhw", mix, clip) * rng.uniform(0.4, 1.2) + rng.uniform(-0.4, 0.4)).clamp(-1, 1)


def texture(rng: random.Random, length: int, side: int) -> Tensor:
    """Noise with a spectrum softer than that of natural pictures that stands still or drifts: [3, length, side,
    side].
    """
    wide = 2 * side
    generator = torch.Generator().manual_seed(rng.randrange(1 << 62))
    frequency = torch.hypot(torch.fft.fftfreq(wide)[:, None], torch.fft.rfftfreq(wide)[None]).clamp(min=1 / wide)
    plane = torch.fft.irfft2(torch.fft.rfft2(torch.randn(3, wide, wide, generator=generator)) / frequency**1.7)
    mix = torch.full((3, 3), 1 / 3).lerp(torch.eye(3), rng.random())
    plane = torch.tanh(
        torch.einsum("ij,jhw->ihw", mix, plane / plane.std()) * rng.uniform(0.3, 1.5) + rng.uniform(-0.5, 0.5)
    )
    dx, dy = (rng.choice([0, 0, -1, 1]) * rng.random() for _ in range(2))
    return torch.stack([plane.roll((round(dy * f), round(dx * f)), (1, 2))[:, :side, :side] for f in range(length)], 1)


def draw(queue: Any, name: str, count: int, side: int) -> None:
    """Body of the process that draws ahead of the training."""
    torch.set_num_threads(1)
    step = 0
    while True:
        queue.put([x.half() for x in crops(f"ae {name} {step}", count, side)])
        step += 1


def loss_of(clip: Tensor, picture: Tensor, count: Tensor, latents: Tensor, prior: float) -> Tensor:
    """L1, some L2, L1 of the gradients in space and time, all by how much pixels count, and a weak pull of the
    latents to zero.
    """
    d = picture - clip
    slopes = ((d[..., 1:] - d[..., :-1]).abs() * count[..., 1:]).mean() + (
        (d[..., 1:, :] - d[..., :-1, :]).abs() * count[..., 1:, :]
    ).mean()
    changes = ((d[:, :, 1:] - d[:, :, :-1]).abs() * count[:, :, 1:]).mean()
    return (
        (d.abs() * count).mean()
        + 4 * (d.square() * count).mean()
        + 0.5 * slopes
        + 0.25 * changes
        + prior * latents.square().mean()
    )


class Anchor:
    """An earlier encoder, whose latents another one shall not leave where they are sound, but for those around things.

    One of four clips is decoded from the earlier latents, so that the decoder still knows them.
    """

    SOUND = 8  # standard deviations; beyond that it was outside of what it had learnt
    PULL, FREE = 0.3, 0.01

    def __init__(self, path: str, device: str) -> None:
        models = load(path)
        self.encoder = models.encoder.to(device).to(memory_format=torch.channels_last).eval().requires_grad_(False)
        self.mean, self.std = (s.reshape(1, -1, 1, 1, 1).to(device) for s in (models.mean, models.std))

    def __call__(self, clip: Tensor, latents: Tensor, count: Tensor) -> tuple[Tensor, Tensor]:
        """How far the latents are from the earlier ones, and the latents to decode."""
        earlier = self.encoder(clip).float()
        sound = ((earlier - self.mean) / self.std).abs().amax((1, 2, 3, 4), keepdim=True) < self.SOUND
        apart = torch.where(sound, (latents.float() - earlier) / self.std, 0).square()
        close = F.max_pool3d(count, (TEMPORAL, SPATIAL, SPATIAL)) > count.amin((2, 3, 4), keepdim=True)
        other = sound & (torch.arange(len(clip), device=clip.device) % 4 == 0).reshape(sound.shape)
        return (apart * torch.where(close, self.FREE, self.PULL)).mean(), torch.where(other, earlier, latents)


def psnr(error: Tensor) -> float:
    """Of pictures in [-1, 1]."""
    return 10 * math.log10(4 / error.square().mean().item())


def keep(path: str, encoder: Encoder, decoder: Decoder, facts: dict[str, Any], device: str) -> None:
    """Writes the checkpoint, and a sheet of held-out clips next to their originals.

    The latents' statistics are measured, unless `facts` has them: those of an encoder that stays, or stays near to
    another, must stay as well, for what was trained on its latents knows them by these.
    """
    held = frames([scene.sample(s, held=True) for s in HELD]).to(device)
    with torch.no_grad(), autocast(device):
        picture = decoder(encoder(held)).float().clamp(-1, 1)
    facts["psnr"] = psnr(picture - held)
    if "mean" not in facts:
        facts |= dict(zip(("mean", "std"), (s.tolist() for s in statistics(encoder, 20, device))))
    save(path, {"enc": encoder.state_dict(), "dec": decoder.state_dict(), **facts})
    sheet(torch.stack([held[:3], picture[:3]], 1).flatten(0, 1).transpose(1, 2), f"{path}.png")
    print(f"step={facts['step']} held-out-psnr={facts['psnr']:.2f}", flush=True)


def train(o: Options) -> None:
    torch.manual_seed(0)
    encoder = Encoder().to(o.device).to(memory_format=torch.channels_last)
    decoder = Decoder().to(o.device).to(memory_format=torch.channels_last)
    measured = {}
    if o.resume:
        state = torch.load(o.resume, map_location=o.device)
        for name, module, kept in ("encoder", encoder, "enc"), ("decoder", decoder, "dec"):
            grown = module.load_state_dict(state[kept], strict=False)
            if grown.unexpected_keys:
                raise SystemExit(f"--resume {o.resume}: its {name} has {grown.unexpected_keys}, which this one lacks")
            print(f"new in the {name}: {', '.join(grown.missing_keys) or 'nothing'}", flush=True)
    if o.decoder_only:
        encoder.requires_grad_(False)
        measured = {k: state[k] for k in ("mean", "std")} if o.resume else {}
    anchor = Anchor(o.anchor, o.device) if o.anchor else None
    if anchor:
        measured = {k: getattr(anchor, k).flatten().tolist() for k in ("mean", "std")}
    # Apart from the modules themselves, which see clips of other shapes, too.
    encode, decode = (torch.compile(m) if o.compile else m for m in (encoder, decoder))
    parameters = [p for m in (encoder, decoder) for p in m.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, o.lr, betas=(0.9, 0.97), weight_decay=1e-4)
    queue: Any = processes.Queue(12)
    for i in range(o.drawers):
        processes.Process(target=draw, args=(queue, f"{o.seed}.{i}", o.batch, o.crop), daemon=True).start()
    begin = saved = time.time()
    for step in range(o.steps):
        done = max(step / o.steps, (time.time() - begin) / 60 / o.minutes)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = o.lr * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
        clip, count = (x.float().to(o.device) for x in queue.get())
        with autocast(o.device):
            latents = encode(clip)
            apart, decoded = anchor(clip, latents, count) if anchor else (0.0, latents)
            picture = decode(decoded + 0.05 * torch.randn_like(latents)).float()
        loss = loss_of(clip, picture, count, latents.float(), 0.0 if o.decoder_only else 1e-3) + apart
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 50 == 49:
            print(f"step={step + 1} loss={loss.item():.4f} seconds={time.time() - begin:.0f}", flush=True)
        if time.time() - saved > 300:
            keep(o.out, encoder, decoder, {"step": step + 1, **measured}, o.device)
            saved = time.time()
    keep(o.out, encoder, decoder, {"step": step + 1, **measured}, o.device)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", required=True)
    options.add_argument("--steps", type=int, default=5300)
    options.add_argument("--minutes", type=float, default=1e9, help="ends earlier, the learning rate with it")
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--crop", type=int, default=64)
    options.add_argument(
        "--drawers", type=int, default=1, help="processes that draw ahead; a GPU waits for fewer than a dozen"
    )
    options.add_argument("--lr", type=float, default=2e-3)
    options.add_argument("--seed", type=int, default=0, help="of the drawn clips")
    options.add_argument(
        "--compile", action="store_true", help="needs a C++ compiler, a quarter faster on a CPU; on a GPU Triton"
    )
    options.add_argument("--resume", default="")
    options.add_argument("--decoder-only", action="store_true")
    options.add_argument("--anchor", default="", help="checkpoint of the encoder to stay near to")
    options.add_argument("--device", default="cpu")
    train(Options(**vars(options.parse_args(arguments))))


if __name__ == "__main__":
    main()
