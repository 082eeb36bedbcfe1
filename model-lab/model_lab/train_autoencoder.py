"""Trains the autoencoder, or its decoder alone behind a frozen encoder, on random crops of freshly drawn clips."""

import argparse
import math
import random
import time

import torch
import torch.multiprocessing as processes

from model_lab.autoencoder import Decoder, Encoder
from model_lab.checkpoint import save
from model_lab.clips import frames, statistics
from model_lab.sheet import sheet
from model_lab.world import scene
from model_lab.world.motion import pose

HELD = [f"held {i}" for i in range(6)]


def window(rng, of, side):
    """A window of a scene; three of four lie around the thing, which is small but what one looks at."""
    last = (128 - side) // 8
    if rng.random() < 0.25:
        return 8 * rng.randint(0, last), 8 * rng.randint(0, last), side, side
    x, y, _, _ = pose(of, rng.uniform(0, 2))
    top, left = ((1 + to) * 64 - side / 2 + rng.uniform(-12, 12) for to in (-y, x))
    return 8 * min(last, max(0, round(top / 8))), 8 * min(last, max(0, round(left / 8))), side, side


def crops(seed, count, side):
    """Clips [B, 3, 48, side, side], each a window of a different scene."""
    rng = random.Random(seed)
    scenes = [scene.sample(rng.randrange(1 << 60)) for _ in range(count)]
    return frames(scenes, windows=[window(rng, s, side) for s in scenes])


def draw(queue, name, count, side):
    """Body of the process that draws ahead of the training."""
    torch.set_num_threads(1)
    step = 0
    while True:
        queue.put(crops(f"ae {name} {step}", count, side).half())
        step += 1


def loss_of(clip, picture, latents, prior):
    """L1, some L2, L1 of the gradients in space and time, and a weak pull of the latents towards zero."""
    d = picture - clip
    slopes = (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean()
    changes = (d[:, :, 1:] - d[:, :, :-1]).abs().mean()
    return d.abs().mean() + 4 * d.square().mean() + 0.5 * slopes + 0.25 * changes + prior * latents.square().mean()


def psnr(error):
    """Of pictures in [-1, 1]."""
    return 10 * math.log10(4 / error.square().mean().item())


def keep(path, encoder, decoder, facts, device):
    """Writes the checkpoint with the latents' statistics, and a sheet of held-out clips next to their originals."""
    held = frames([scene.sample(s, held=True) for s in HELD], device=device)
    with torch.no_grad(), torch.autocast(device, torch.bfloat16):
        picture = decoder(encoder(held)).float().clamp(-1, 1)
    facts["psnr"] = psnr(picture - held)
    mean, std = statistics(encoder, 20, device)
    save(path, {"enc": encoder.state_dict(), "dec": decoder.state_dict(), **facts,
                "mean": mean.tolist(), "std": std.tolist()})
    sheet(torch.stack([held[:3], picture[:3]], 1).flatten(0, 1).transpose(1, 2), f"{path}.png")
    print(f"step={facts['step']} held-out-psnr={facts['psnr']:.2f}", flush=True)


def train(o):
    torch.manual_seed(0)
    encoder, decoder = (m.to(o.device, memory_format=torch.channels_last) for m in (Encoder(), Decoder()))
    if o.resume:
        state = torch.load(o.resume, map_location=o.device)
        encoder.load_state_dict(state["enc"])
        decoder.load_state_dict(state["dec"])
    if o.decoder_only:
        encoder.requires_grad_(False)
    parameters = [p for m in (encoder, decoder) for p in m.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, o.lr, betas=(0.9, 0.97), weight_decay=1e-4)
    queue = processes.Queue(12)
    processes.Process(target=draw, args=(queue, str(o.seed), o.batch, o.crop), daemon=True).start()
    begin = time.time()
    for step in range(o.steps):
        done = max(step / o.steps, (time.time() - begin) / 60 / o.minutes)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = o.lr * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
        clip = queue.get().float().to(o.device)
        with torch.autocast(o.device, torch.bfloat16):
            latents = encoder(clip)
            picture = decoder(latents + 0.05 * torch.randn_like(latents)).float()
        loss = loss_of(clip, picture, latents.float(), 0.0 if o.decoder_only else 1e-3)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 50 == 49:
            print(f"step={step + 1} loss={loss.item():.4f} seconds={time.time() - begin:.0f}", flush=True)
        if step % 400 == 399:
            keep(o.out, encoder, decoder, {"step": step + 1}, o.device)
    keep(o.out, encoder, decoder, {"step": step + 1}, o.device)


def main(arguments=None):
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", required=True)
    options.add_argument("--steps", type=int, default=5300)
    options.add_argument("--minutes", type=float, default=1e9, help="ends earlier, the learning rate with it")
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--crop", type=int, default=64)
    options.add_argument("--lr", type=float, default=2e-3)
    options.add_argument("--seed", type=int, default=0, help="of the drawn clips")
    options.add_argument("--resume", default="")
    options.add_argument("--decoder-only", action="store_true")
    options.add_argument("--device", default="cpu")
    train(options.parse_args(arguments))


if __name__ == "__main__":
    main()
