"""Trains the diffusion transformer on latents: rectified flow, logit-normal times, caption dropout."""

import argparse
import copy
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_lab.checkpoint import save
from model_lab.clips import Batch, Clips
from model_lab.muon import Muon
from model_lab.precision import autocast
from model_lab.text import TextEncoder
from model_lab.transformer import KNOWN, PICTURE, Transformer

THING_WEIGHT = 16
# Logit-normal times. A clip's latents repeat themselves over tokens and frames, so that shape and path can still be
# read at time 0.7: what the text decides is decided above, and that is where most of the training must be. What
# repeats itself less can be read less well, and its times are moved as those of smaller pictures are (Esser et al.,
# 2024). A fifth of the times are below 0.61: what turns is often lost there still.
TIME_MEAN, TIME_SPREAD = 1.6, 1.4  # of a clip of USUAL latent frames
USUAL = 12
OUTLINE_WEIGHT = 0.3
WATCHED = 5  # the layer whose tokens must know the thing's outline
ROUTED_SHARE = 0.45  # of a training, its first part, with strips instead of whole pictures
# Of the batches of that part, with excerpts of this many latent frames: cheap, so that more things are seen in the
# same time.
EXCERPTS, EXCERPT = 0.75, 3
TOLD = 0.3  # of the samples are told a part of the clip


@dataclass(frozen=True)
class Options:
    """How to train; see `main`."""

    clips: str
    minilm: str
    out: str
    steps: int
    minutes: float
    batch: int
    lr: float
    width: int
    depth: int
    seed: int
    compile: bool
    resume: str
    device: str


class Optimizers:
    """Muon for the matrices inside the layers, AdamW for everything else."""

    def __init__(self, model: Transformer, head: nn.Module, muon_rate: float, adam_rate: float) -> None:
        named = dict(model.named_parameters())
        inner = [n for n, p in named.items() if n.startswith("layers") and p.ndim == 2 and "table" not in n]
        self.rest = [p for n, p in named.items() if n not in set(inner)] + list(head.parameters())
        self.muon = Muon([named[n] for n in inner], lr=muon_rate, weight_decay=0.01)
        self.adam = torch.optim.AdamW(self.rest, adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
        self.rates = (muon_rate, adam_rate)

    def step(self, factor: float) -> None:
        for optimizer, rate in zip((self.muon, self.adam), self.rates):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor + 1e-6
        torch.nn.utils.clip_grad_norm_(self.rest, 1.0)
        self.muon.step()
        self.adam.step()

    def state(self) -> list[dict[str, Any]]:
        return [self.muon.state_dict(), self.adam.state_dict()]

    def restore(self, states: list[dict[str, Any]]) -> None:
        self.muon.load_state_dict(states[0])
        self.adam.load_state_dict(states[1])


def strips(things: Tensor, patch: int, generator: torch.Generator | None = None) -> Tensor:
    """For each clip the tokens [B, K] of one strip over all frames: half of the columns or, of a square, half of the
    rows.

    A strip keeps neighbours together, so that whole shapes are learnt. Three of four times it is one of those that
    show most of the thing; `things` [B, T, H, W] is true where that is.
    """
    tokens = F.max_pool3d(things[:, None].float(), (1, patch, patch))[:, 0]
    b, t, h, w = tokens.shape
    if w % 2:
        raise ValueError(f"strips need an even number of columns of tokens, not {w}")
    index = torch.arange(t * h * w, device=things.device).reshape(t, h, w)
    starts = range(w // 2 + 1)
    strips = [index[:, :, i : i + w // 2].reshape(-1) for i in starts]
    if h == w:
        strips += [index[:, i : i + w // 2].reshape(-1) for i in starts]
    choices = torch.stack(strips)
    shown = tokens.reshape(b, -1)[:, choices].sum(2)
    luck = torch.rand(b, len(choices), device=things.device, generator=generator)
    blind = torch.rand(b, 1, device=things.device, generator=generator) < 0.25
    return choices[torch.where(blind, luck, shown + luck).argmax(1)]


def outline_loss(
    head: nn.Module, hidden: Tensor, outlines: Tensor, route: Tensor | None, patch_cells: int = 4
) -> Tensor:
    """Cross-entropy of the thing's outline, read from hidden tokens by a linear map [width → cells of a token]."""
    b, t, h, w = outlines.shape
    p = patch_cells
    cells = outlines.reshape(b, t, h // p, p, w // p, p).permute(0, 1, 2, 4, 3, 5).reshape(b, -1, p * p)
    if route is not None:
        cells = cells.gather(1, route[..., None].expand(-1, -1, p * p))
    return F.binary_cross_entropy_with_logits(head(hidden.float()), cells)


def told(latents: Tensor, stills: Tensor | None, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """What the model is told of each clip: `known` [B, C, T, H, W] and `known_mask` [B, T], see `Transformer.forward`.

    Nothing mostly; else its first, its last, or both pictures, or up to half of its latent frames from the first on. No
    pictures where stills are None.
    """
    b, _, t = latents.shape[:3]
    draw = torch.rand(b, generator=generator) / TOLD
    many = torch.randint(1, t // 2 + 1, (b,), generator=generator)
    mask = torch.zeros(b, t, dtype=torch.int64)
    if stills is not None:
        mask[(draw < 0.4) | ((draw >= 0.5) & (draw < 0.65)), 0] = PICTURE
        mask[(draw >= 0.4) & (draw < 0.65), -1] = PICTURE
    mask[((draw >= 0.65) & (draw < 1))[:, None] & (torch.arange(t) < many[:, None])] = KNOWN
    mask = mask.to(latents.device)  # drawn on the CPU: choosing by a mask would make a GPU's queue run empty
    known = latents * (mask == KNOWN)[:, None, :, None, None]
    for end, still in () if stills is None else ((0, stills[:, 0]), (-1, stills[:, 1])):
        known[:, :, end] += still * (mask[:, end] == PICTURE)[:, None, None, None]
    return known, mask


def flow_loss(
    model: nn.Module, head: nn.Module, batch: Batch, route: Tensor | None, device: str
) -> tuple[Tensor, Tensor]:
    """Mean squared error of the velocity at one random time for each clip, and the outline's cross-entropy.

    The thing is small, but what one looks at: its positions weigh more. Clips weigh the same, however much of them it
    fills: else the large things are learnt and the small ones are not. That a middle layer must know the outline
    speeds learning up as aligning with a vision model does (REPA, Yu et al., 2024); here the renderer knows the
    truth.
    """
    latents, context, mask, things, outlines, stills, span = batch
    known, known_mask = told(latents, stills)
    mean = TIME_MEAN + math.log(latents.shape[2] / USUAL) / 2
    t = torch.sigmoid(mean + TIME_SPREAD * torch.randn(len(latents), device=device))
    noise = torch.randn_like(latents)
    sigma = t[:, None, None, None, None]
    with autocast(device):
        velocity, hidden = model(
            (1 - sigma) * latents + sigma * noise, t * 1000, context, mask, known, known_mask, route, WATCHED, span
        )
    weight = (1 + (THING_WEIGHT - 1) * things[:, None].float()) * (known_mask != KNOWN)[:, None, :, None, None]
    flow = ((velocity.float() - (noise - latents)).square().mean(1, keepdim=True) * weight).mean((1, 2, 3, 4))
    flow = (flow / weight.mean((1, 2, 3, 4))).mean()
    return flow, outline_loss(head, hidden, outlines, route)


def average(ema: nn.Module, model: nn.Module, step: int) -> None:
    """Moves the average towards the model; slower and slower at the start."""
    decay = min(0.999, (step + 1) / (step + 12))
    with torch.no_grad():
        torch._foreach_lerp_(list(ema.parameters()), list(model.parameters()), 1 - decay)


class Run:
    """The state of a training: what a checkpoint holds."""

    def __init__(self, o: Options) -> None:
        torch.manual_seed(o.seed)
        state = torch.load(o.resume, map_location=o.device) if o.resume else None
        self.model = (Transformer.like(state["model"]) if state else Transformer(o.width, o.depth)).to(o.device)
        self.ema = copy.deepcopy(self.model).requires_grad_(False)
        self.head = nn.Linear(self.model.width, 16).to(o.device)
        self.optimizers = Optimizers(self.model, self.head, o.lr, o.lr / 4)
        self.step = 0
        self.losses: list[tuple[int, float]] = []
        if state:
            self.restore(state)

    def restore(self, state: dict[str, Any]) -> None:
        grown = self.model.load_state_dict(state["model"], strict=False)
        self.ema.load_state_dict(state["ema"], strict=False)
        if grown.unexpected_keys:
            raise SystemExit(f"--resume: the checkpoint has {grown.unexpected_keys}, which the transformer lacks")
        print(f"new in the transformer: {', '.join(grown.missing_keys) or 'nothing'}", flush=True)
        self.step, self.losses = state["step"], state["losses"]
        if "head" in state:
            self.head.load_state_dict(state["head"])
        if "optimizers" in state:
            self.optimizers.restore(state["optimizers"])

    def keep(self, path: str) -> None:
        save(
            path,
            {
                "model": self.model.state_dict(),
                "ema": self.ema.state_dict(),
                "head": self.head.state_dict(),
                "step": self.step,
                "losses": self.losses,
                "optimizers": self.optimizers.state(),
            },
        )


def batches(clips: Clips, size: int, rng: random.Random, longest: int | None = None) -> Iterator[list[int]]:
    """Indices without end: each clip once, then the shards made meanwhile are taken in and all begins anew.

    The clips of a batch are of one shape: `size` of the smallest, and of others as many as have about as many
    latents; with `longest` they are counted as excerpts of at most that many latent frames.
    """
    while True:
        clips.refresh()
        groups = clips.by_shape(longest)
        smallest = min(map(math.prod, clips.by_shape()), default=0)
        found = []
        for shape, order in groups.items():
            many = max(1, round(size * smallest / math.prod(shape)))
            rng.shuffle(order)
            found += [order[start : start + many] for start in range(0, len(order) - many + 1, many)]
        if not found:
            time.sleep(1)  # whoever draws them is not yet there
        rng.shuffle(found)
        yield from found


def train(o: Options) -> None:
    run, clips = Run(o), Clips(o.clips, o.device)
    torch.manual_seed(o.seed + run.step)
    rng = random.Random(o.seed + run.step)
    torch._dynamo.config.recompile_limit = 64  # each shape twice, with and without strips
    if o.compile:
        for layer in run.model.layers:  # one after another, for they share what is compiled
            layer.compile(dynamic=o.device != "cpu")
    empty = torch.from_numpy(TextEncoder(o.minilm)(""))
    begin = saved = time.time()
    first, means = run.step, None
    streams = {longest: batches(clips, o.batch, rng, longest) for longest in (None, EXCERPT)}
    while (done := max(run.step / o.steps, (time.time() - begin) / 60 / o.minutes)) < 1:
        longest = EXCERPT if done < ROUTED_SHARE and rng.random() < EXCERPTS else None
        batch = clips.batch(next(streams[longest]), empty, rng, longest=longest)
        route = strips(batch.things, run.model.patch) if done < ROUTED_SHARE else None
        flow, outline = flow_loss(run.model, run.head, batch, route, o.device)
        run.model.zero_grad(set_to_none=True)
        run.head.zero_grad(set_to_none=True)
        (flow + OUTLINE_WEIGHT * outline).backward()
        # It falls from the start: at a constant rate the loss of weights that are trained on stands still.
        run.optimizers.step(min(1, (run.step - first + 1) / 100) * (1 - done))
        average(run.ema, run.model, run.step)
        run.step += 1
        now = torch.stack([flow, outline]).detach()
        means = now if means is None else means.lerp(now, 0.02)
        if run.step % 25 == 0:
            run.losses.append((run.step, round(means[0].item(), 4)))
            pace = (time.time() - begin) / (run.step - first)
            print(
                f"step={run.step} loss={means[0]:.4f} outline={means[1]:.4f} seconds-per-step={pace:.2f} "
                f"clips={len(clips)}",
                flush=True,
            )
        if time.time() - saved > 300:
            run.keep(o.out)
            saved = time.time()
    run.keep(o.out)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clips", required=True)
    options.add_argument("--minilm", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--steps", type=int, default=1 << 30)
    options.add_argument("--minutes", type=float, default=1e9, help="ends earlier, the learning rate with it")
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--lr", type=float, default=0.008, help="of Muon; AdamW has a quarter of it")
    options.add_argument(
        "--width", type=int, default=384, help="of a new transformer; one that is resumed keeps its own"
    )
    options.add_argument("--depth", type=int, default=8, help="likewise")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--compile", action="store_true", help="needs a C++ compiler, a quarter faster on a CPU; on a GPU Triton"
    )
    options.add_argument("--resume", default="")
    options.add_argument("--device", default="cpu")
    train(Options(**vars(options.parse_args(arguments))))


if __name__ == "__main__":
    main()
