"""Draws prompts with a bundle: a contact sheet, and of a single prompt on demand a GIF and the final latents."""

import argparse
from dataclasses import dataclass

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from model_lab.pipeline import Pipeline, Settings
from model_lab.sheet import sheet
from model_lab.world.scene import FPS


@dataclass(frozen=True)
class Options:
    """What to draw; see `main`."""

    prompts: list[str]
    bundle: str
    minilm: str
    seed: int
    out: str
    gif: str | None
    latents: str | None
    frames: int | None
    height: int | None
    width: int | None
    steps: int | None
    guidance: float | None
    shrink: int
    threads: int


def gif(clip: Tensor, path: str, fps: int = FPS) -> None:
    """Writes a clip [F, 3, H, W] in [-1, 1] as a moving picture."""
    pictures = ((clip.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    first, *others = (Image.fromarray(p) for p in pictures)
    first.save(path, save_all=True, append_images=others, duration=round(1000 / fps), loop=0)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("prompts", nargs="+")
    options.add_argument("--bundle", default="models/pebble")
    options.add_argument("--minilm", required=True, help="directory with the text encoder's two files")
    options.add_argument("--seed", type=int, default=7, help="of the first prompt; the others have the next ones")
    options.add_argument("--out", default="sample.png")
    options.add_argument("--gif")
    options.add_argument("--latents", help="safetensors file for the final latents [C, T, H, W]")
    for name in ("frames", "height", "width", "steps"):
        options.add_argument(f"--{name}", type=int)
    options.add_argument("--guidance", type=float)
    options.add_argument("--shrink", type=int, default=1, help="draws the sheet's frames so many times smaller")
    options.add_argument("--threads", type=int, default=1)
    o = Options(**vars(options.parse_args()))
    settings = Settings(steps=o.steps, guidance=o.guidance, frames=o.frames, height=o.height, width=o.width)
    if len(o.prompts) > 1 and (o.gif or o.latents):
        options.error(f"--gif and --latents are of one prompt, not of {len(o.prompts)}")
    pipeline = Pipeline(o.bundle, o.minilm, o.threads)
    latents = [pipeline.latents([prompt], [o.seed + i], settings)[0] for i, prompt in enumerate(o.prompts)]
    clips = torch.stack([pipeline.shown(pipeline.decoder(one[None])[0].transpose(0, 1), settings) for one in latents])
    sheet(clips, o.out, shrink=o.shrink, labels=[f"{prompt} (seed {o.seed + i})" for i, prompt in enumerate(o.prompts)])
    if o.gif:
        gif(clips[0], o.gif)
    if o.latents:
        save_file({"latents": latents[0].contiguous()}, o.latents, {"prompt": o.prompts[0], "seed": str(o.seed)})


if __name__ == "__main__":
    main()
