"""A bundle run in Python, from a prompt to a clip: the yardstick for the Java pipeline."""

import json
from pathlib import Path

import torch

from model_lab.checkpoint import from_bundle
from model_lab.export import NormalisedDecoder
from model_lab.sampler import OnnxModel, noise, sample, together
from model_lab.text import TextEncoder


def settings(manifest):
    """What `sampler.sample` is run with where nothing else is said."""
    interval = manifest.get("guidanceInterval", {"lowest": 0.0, "highest": 1.0})
    return {
        "steps": manifest["defaults"]["steps"],
        "guidance": manifest["defaults"]["guidance"],
        "shift": manifest["scheduler"]["shift"],
        "guided": (interval["lowest"], interval["highest"]),
    }


class Pipeline:
    """A bundle as one function from a prompt to a clip: its graphs by ONNX Runtime or, with a device, its weights by
    PyTorch.

    What the two make differs by less than `parity.TOLERANCE`.
    """

    def __init__(self, directory, minilm, threads=1, device=None):
        self.manifest = json.loads((Path(directory) / "bundle.json").read_text())
        self.text, self.device = TextEncoder(minilm, threads), device or "cpu"
        if device:
            models = from_bundle(directory)
            self.denoiser, self.decoder = (
                module.to(device).eval()
                for module in (models.denoiser, NormalisedDecoder(models.decoder, models.mean, models.std))
            )
        else:
            self.denoiser, self.decoder = (OnnxModel(f"{directory}/{n}.onnx", threads) for n in ("denoiser", "decoder"))

    def latents(self, prompts, seeds, frames=None, height=None, width=None, **chosen):
        """Final latents [B, C, T, H, W]; what is not given is the manifest's default."""
        d, g = self.manifest["defaults"], self.manifest["latent"]
        sizes = [(size or d[name]) // g["spatialCompression"] for size, name in ((height, "height"), (width, "width"))]
        shape = (g["channels"], (frames or d["frames"]) // g["temporalCompression"], *sizes)
        *contexts, empty = (torch.from_numpy(self.text(t)) for t in (*prompts, d["negativePrompt"]))
        start = torch.stack([noise(seed, shape) for seed in seeds]).to(self.device)
        return together(self.denoiser, start, contexts, empty, **settings(self.manifest) | chosen)

    def told(self, prompt, seed, known, known_mask):
        """Final latents [C, T, H, W] of a clip of which a part is known, see `sampler.sample`."""
        text, empty = (torch.from_numpy(self.text(t)) for t in (prompt, self.manifest["defaults"]["negativePrompt"]))
        return sample(
            self.denoiser,
            noise(seed, known.shape),
            text,
            empty,
            known=known,
            known_mask=known_mask,
            **settings(self.manifest),
        )

    @torch.no_grad()
    def __call__(self, prompts, seeds, **chosen):
        """Clips [B, F, 3, H, W] in [-1, 1], on the CPU."""
        latents = self.latents(prompts, seeds, **chosen)
        return torch.cat([self.decoder(one[None]).transpose(1, 2).cpu() for one in latents])
