"""Trains the diffusion transformer on latents: rectified flow, logit-normal times, caption dropout."""

import argparse
import random
import time

import torch

from model_lab.checkpoint import save
from model_lab.clips import Clips
from model_lab.muon import Muon
from model_lab.text import TextEncoder
from model_lab.transformer import Transformer


THING_WEIGHT = 4
ROUTED = 176      # tokens that pass the middle layers in the first part of a training
ROUTED_SHARE = 0.72


class Optimizers:
    """Muon for the matrices inside the layers, AdamW for everything else."""

    def __init__(self, model, muon_rate, adam_rate):
        named = dict(model.named_parameters())
        inner = [n for n, p in named.items() if n.startswith("layers") and p.ndim == 2 and "table" not in n]
        self.rest = [p for n, p in named.items() if n not in set(inner)]
        self.muon = Muon([named[n] for n in inner], lr=muon_rate, weight_decay=0.01)
        self.adam = torch.optim.AdamW(self.rest, adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
        self.rates = (muon_rate, adam_rate)

    def step(self, factor):
        for optimizer, rate in zip((self.muon, self.adam), self.rates):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor + 1e-6
        torch.nn.utils.clip_grad_norm_(self.rest, 1.0)
        self.muon.step()
        self.adam.step()

    def state(self):
        return [self.muon.state_dict(), self.adam.state_dict()]

    def restore(self, states):
        self.muon.load_state_dict(states[0])
        self.adam.load_state_dict(states[1])


def flow_loss(model, latents, context, mask, things, route, device):
    """Mean squared error of the velocity at one random time for each clip.

    The thing is small, but what one looks at: its positions weigh more.
    """
    t = torch.sigmoid(torch.randn(len(latents), device=device) + 0.4)
    noise = torch.randn_like(latents)
    sigma = t[:, None, None, None, None]
    with torch.autocast(device, torch.bfloat16):
        velocity = model((1 - sigma) * latents + sigma * noise, t * 1000, context, mask, route)
    weight = 1 + (THING_WEIGHT - 1) * things[:, None].float()
    return ((velocity.float() - (noise - latents)).square() * weight).mean() / weight.mean()


def average(ema, model, step):
    """Moves the average towards the model; slower and slower at the start."""
    decay = min(0.999, (step + 1) / (step + 12))
    with torch.no_grad():
        torch._foreach_lerp_(list(ema.parameters()), list(model.parameters()), 1 - decay)


class Run:
    """The state of a training: what a checkpoint holds."""

    def __init__(self, o):
        self.model, self.ema = Transformer().to(o.device), Transformer().to(o.device).requires_grad_(False)
        self.optimizers = Optimizers(self.model, o.lr, o.lr / 4)
        self.step, self.losses = 0, []
        if o.resume:
            self.restore(torch.load(o.resume, map_location=o.device))
        else:
            self.ema.load_state_dict(self.model.state_dict())

    def restore(self, state):
        self.model.load_state_dict(state["model"])
        self.ema.load_state_dict(state["ema"])
        self.step, self.losses = state["step"], state["losses"]
        if "optimizers" in state:
            self.optimizers.restore(state["optimizers"])

    def keep(self, path):
        save(path, {"model": self.model.state_dict(), "ema": self.ema.state_dict(), "step": self.step,
                    "losses": self.losses, "optimizers": self.optimizers.state()})


def batches(clips, size, rng):
    """Indices without end: each clip once, then the shards made meanwhile are taken in and all begins anew."""
    while True:
        clips.refresh()
        order = list(range(len(clips)))
        rng.shuffle(order)
        for start in range(0, len(order) - size + 1, size):
            yield order[start:start + size]


def train(o):
    torch.manual_seed(o.seed)
    rng = random.Random(o.seed)
    run, clips = Run(o), Clips(o.clips)
    empty = torch.from_numpy(TextEncoder(o.minilm)(""))
    begin = saved = time.time()
    first, mean = run.step, None
    for indices in batches(clips, o.batch, rng):
        done = max(run.step / o.steps, (time.time() - begin) / 60 / o.minutes)
        if done >= 1:
            break
        batch = [x.to(o.device) for x in clips.batch(indices, empty, rng)]
        route = torch.randperm(384, device=o.device)[:ROUTED].sort().values if done < ROUTED_SHARE else None
        loss = flow_loss(run.model, *batch, route, o.device)
        run.model.zero_grad(set_to_none=True)
        loss.backward()
        run.optimizers.step(min(1, (run.step - first + 1) / 100) * min(1, (1 - done) / 0.55))
        average(run.ema, run.model, run.step)
        run.step += 1
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if run.step % 25 == 0:
            run.losses.append((run.step, round(mean, 4)))
            pace = (time.time() - begin) / (run.step - first)
            print(f"step={run.step} loss={mean:.4f} seconds-per-step={pace:.2f} clips={len(clips)}", flush=True)
        if time.time() - saved > 300:
            run.keep(o.out)
            saved = time.time()
    run.keep(o.out)


def main(arguments=None):
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clips", required=True)
    options.add_argument("--minilm", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--steps", type=int, default=1 << 30)
    options.add_argument("--minutes", type=float, default=1e9, help="ends earlier, the learning rate with it")
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--lr", type=float, default=0.008, help="of Muon; AdamW has a quarter of it")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--resume", default="")
    options.add_argument("--device", default="cpu")
    train(options.parse_args(arguments))


if __name__ == "__main__":
    main()
