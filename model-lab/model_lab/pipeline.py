"""A bundle run in Python, from a prompt to a clip: the yardstick for the Java pipeline."""

import json
from pathlib import Path

import torch

from model_lab.sampler import OnnxModel, noise, sample
from model_lab.text import TextEncoder


class Pipeline:
    """A bundle as one function from a prompt to a clip."""

    def __init__(self, directory, minilm, threads=1):
        self.manifest = json.loads((Path(directory) / "bundle.json").read_text())
        self.text = TextEncoder(minilm, threads)
        self.denoiser, self.decoder = (OnnxModel(f"{directory}/{n}.onnx", threads) for n in ("denoiser", "decoder"))

    def latents(self, prompt, seed, frames=None, height=None, width=None, **settings):
        """Final latents [C, T, H, W]; what is not given is the manifest's default."""
        d, g, s = (self.manifest[k] for k in ("defaults", "latent", "scheduler"))
        sizes = [(size or d[name]) // g["spatialCompression"] for size, name in ((height, "height"), (width, "width"))]
        shape = (g["channels"], (frames or d["frames"]) // g["temporalCompression"], *sizes)
        context, empty = (torch.from_numpy(self.text(t)) for t in (prompt, d["negativePrompt"]))
        chosen = {"steps": d["steps"], "guidance": d["guidance"], "shift": s["shift"]} | settings
        return sample(self.denoiser, noise(seed, shape), context, empty, **chosen)

    def __call__(self, prompt, seed, **settings):
        """A clip [F, 3, H, W] in [-1, 1]."""
        return self.decoder(self.latents(prompt, seed, **settings)[None])[0].transpose(0, 1)
