"""Distils guided sampling into a student that takes few of Euler's steps and needs no guidance.

A step of the student has to arrive where the teacher arrives from the same place by several guided steps of its own
solver (progressive distillation, Salimans and Ho, 2022; with guidance in it, Meng et al., 2023). The places are those
that the student comes to itself, from noise on, so it learns to go on after its own mistakes, and needs no clips.
"""

import argparse
import copy
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn

from model_lab.aliases import Predict, Words
from model_lab.autoencoder import CHANNELS
from model_lab.checkpoint import from_bundle, save
from model_lab.evaluate import words
from model_lab.graph import weights
from model_lab.pipeline import DEFAULTS, Pipeline
from model_lab.precision import autocast
from model_lab.sampler import Solver, padded, schedule
from model_lab.train_transformer import Optimizers, average
from model_lab.transformer import Transformer
from model_lab.world import captions, scene

# Latent frames, height and width of the clips, and how often each is drawn.
SHAPES = {(12, 16, 16): 12, (12, 18, 32): 2, (6, 16, 16): 1, (18, 16, 16): 2, (24, 16, 16): 1}
GROUPS = 8  # batches of clips under way, at different steps
TRUSTED = 400  # steps of training after which the clips follow the student; the teacher before, less and less
DECIDED = 4  # weight of where the text decides, above that of the rest


@dataclass(frozen=True)
class Options:
    """How to distil; see `main`."""

    bundle: str
    minilm: str
    out: str
    resume: str
    begin: str
    steps: int
    finer: int
    minutes: float
    batch: int
    lr: float
    seed: int


@dataclass
class Group:
    """Clips [B, C, T, H, W] of one shape that are at one step, with their texts and masks."""

    x: Tensor
    texts: tuple[Tensor, Tensor]
    at: int = 0


class Teacher:
    """Where the steps of a sampler lead: a student's step is `finer` of them.

    `settings` are those of `sampler.sample`; `encode` gives the embeddings [L, D] of a text's tokens.
    """

    def __init__(
        self, predict: Predict, encode: Callable[[str], Tensor], settings: dict[str, Any], steps: int, finer: int
    ) -> None:
        self.predict, self.encode, self.settings, self.finer = predict, encode, settings, finer
        self.sigmas = schedule(steps * finer, settings["shift"], settings["scheduler"])

    @classmethod
    def of(cls, bundle: str, minilm: str, steps: int, finer: int) -> Self:
        """The weights, the sampler and the guidance of a bundle."""
        pipeline = Pipeline(bundle, minilm, device="cpu")
        return cls(
            pipeline.denoiser,
            lambda text: torch.from_numpy(pipeline.text(text)),
            pipeline.sampling(DEFAULTS),
            steps,
            finer,
        )

    @torch.no_grad()
    def arrive(self, group: Group) -> tuple[Tensor, Tensor]:
        """The clips after the group's next step, and how much the text decides at each place [B, 1, T, H, W], of mean
        1.
        """
        x, solver, weight = group.x, Solver(self.settings["scheduler"]), torch.ones_like(group.x[:, :1])
        nothing = padded([self.encode("")] * len(x), x.device)
        begin = group.at * self.finer
        for now, after in zip(self.sigmas[begin : begin + self.finer], self.sigmas[begin + 1 :]):
            timestep = torch.full((len(x),), solver.timestep(now))
            velocity = self._velocity(x, timestep, group.texts)
            if self.settings["guided"][0] <= now <= self.settings["guided"][1]:
                free = self._velocity(x, timestep, nothing)
                decided = (velocity - free).square().mean(1, keepdim=True)
                weight = decided / decided.mean((2, 3, 4), keepdim=True).clamp_min(1e-8)
                velocity = free + self.settings["guidance"] * (velocity - free)
            x = solver.step(x, velocity, now, after)
        return x, weight

    def _velocity(self, x: Tensor, timestep: Tensor, texts: tuple[Tensor, Tensor]) -> Tensor:
        with autocast("cpu"):
            return self.predict(x, timestep, *texts).float()


class Run:
    """The state of a training: what a checkpoint holds."""

    def __init__(self, o: Options) -> None:
        self.model = from_bundle(o.bundle).denoiser
        if o.begin:
            stored = weights(o.begin)
            self.model.load_state_dict({name: stored[name] for name in self.model.state_dict()})
        self.ema: Transformer = copy.deepcopy(self.model).requires_grad_(False)
        self.optimizers = Optimizers(self.model, nn.Identity(), o.lr, o.lr / 4)
        self.step = 0
        if o.resume:
            state = torch.load(o.resume, map_location="cpu")
            self.model.load_state_dict(state["model"])
            self.ema.load_state_dict(state["ema"])
            self.optimizers.restore(state["optimizers"])
            self.step = state["step"]

    def keep(self, path: str) -> None:
        state: dict[str, Any] = {
            "model": self.model.state_dict(),
            "ema": self.ema.state_dict(),
            "step": self.step,
            "optimizers": self.optimizers.state(),
        }
        save(path, state)


def begun(teacher: Teacher, known: Words, size: int, rng: random.Random) -> Group:
    """Noise for clips of one shape, with captions of training."""
    shape = rng.choices(list(SHAPES), list(SHAPES.values()))[0]
    many = max(1, round(size * 12 * 16 * 16 / (shape[0] * shape[1] * shape[2])))
    numbers = [rng.randrange(1 << 40) for _ in range(many)]
    said = [captions.captions(scene.sample(f"distil {n}", words=known), n, 1)[0] for n in numbers]
    return Group(torch.randn(many, CHANNELS, *shape), padded([teacher.encode(text) for text in said], "cpu"))


def loss(student: nn.Module, teacher: Teacher, group: Group) -> tuple[Tensor, Tensor, Tensor]:
    """The weighted error of the student's velocity, where its step leads to, and where the teacher's do."""
    now, after = (teacher.sigmas[(group.at + i) * teacher.finer] for i in (0, 1))
    target, weight = teacher.arrive(group)
    with autocast("cpu"):
        velocity = student(group.x, torch.full((len(group.x),), 1000 * now), *group.texts).float()
    wanted = (target - group.x) / (after - now)
    weight = 1 + DECIDED * weight.clamp_max(16)
    error = ((velocity - wanted).square().mean(1, keepdim=True) * weight).mean() / weight.mean()
    return error, group.x + (after - now) * velocity.detach(), target


def train(o: Options) -> None:
    torch.manual_seed(o.seed)
    run, teacher, known = Run(o), Teacher.of(o.bundle, o.minilm, o.steps, o.finer), words(o.bundle)
    torch.manual_seed(o.seed + run.step)
    rng = random.Random(o.seed + run.step)
    groups = [begun(teacher, known, o.batch, rng) for _ in range(GROUPS)]
    begin = saved = time.time()
    first, means = run.step, [0.0] * o.steps
    while (done := (time.time() - begin) / 60 / o.minutes) < 1:
        chosen = rng.randrange(GROUPS)
        group = groups[chosen]
        error, own, target = loss(run.model, teacher, group)
        run.model.zero_grad(set_to_none=True)
        error.backward()
        run.optimizers.step(min(1, (run.step - first + 1) / 100) * (1 - done))
        average(run.ema, run.model, run.step)
        run.step += 1
        means[group.at] += (error.item() - means[group.at]) * (0.05 if means[group.at] else 1)
        group.x = own if rng.random() < run.step / TRUSTED else target
        group.at += 1
        if group.at == o.steps:
            groups[chosen] = begun(teacher, known, o.batch, rng)
        if run.step % 25 == 0:
            pace = (time.time() - begin) / (run.step - first)
            shown = " ".join(f"{mean:.3f}" for mean in means)
            print(f"step={run.step} losses={shown} seconds-per-step={pace:.2f}", flush=True)
        if time.time() - saved > 300:
            run.keep(o.out)
            saved = time.time()
    run.keep(o.out)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bundle", required=True, help="the teacher, with its own sampler and guidance")
    options.add_argument("--minilm", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--resume", default="")
    options.add_argument(
        "--begin", default="", help="denoiser.onnx of a student to go on from, if there is no checkpoint"
    )
    options.add_argument("--steps", type=int, default=8, help="of the student")
    options.add_argument("--finer", type=int, default=2, help="steps of the teacher for one of the student")
    options.add_argument("--minutes", type=float, default=60, help="the learning rate falls until then")
    options.add_argument("--batch", type=int, default=2)
    options.add_argument("--lr", type=float, default=0.003, help="of Muon; AdamW has a quarter of it")
    options.add_argument("--seed", type=int, default=1)
    train(Options(**vars(options.parse_args(arguments))))


if __name__ == "__main__":
    main()
