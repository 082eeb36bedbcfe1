"""A bundle run in Python, from a prompt to a clip: the yardstick for the Java pipeline."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from model_lab.aliases import Predict
from model_lab.bundle import grid
from model_lab.checkpoint import from_bundle
from model_lab.export import NormalisedDecoder
from model_lab.sampler import OnnxModel, noise, sample, together
from model_lab.text import TextEncoder


@dataclass(frozen=True)
class Settings:
    """How a clip is made; what is None is the manifest's default."""

    steps: int | None = None
    guidance: float | None = None
    shift: float | None = None
    scheduler: str | None = None
    guided: Sequence[float] | None = None  # lowest and highest sigma at which there is guidance
    frames: int | None = None
    height: int | None = None
    width: int | None = None

    def given(self) -> dict[str, Any]:
        """What is not left to the manifest."""
        return {name: value for name, value in asdict(self).items() if value is not None}


DEFAULTS = Settings()


class Pipeline:
    """A bundle as one function from a prompt to a clip: its graphs by ONNX Runtime or, with a device, its weights by
    PyTorch.

    What the two make differs by less than `parity.TOLERANCE`.
    """

    def __init__(self, directory: str | Path, minilm: str, threads: int = 1, device: str | None = None) -> None:
        self.directory, self.threads = directory, threads
        self.manifest = json.loads((Path(directory) / "bundle.json").read_text())
        self.denoiser: Predict
        self.decoder: Callable[[Tensor], Tensor]
        self.text, self.device = TextEncoder(minilm, threads), device or "cpu"
        if device:
            models = from_bundle(directory)
            self.denoiser, self.decoder = (
                module.to(device).eval()
                for module in (models.denoiser, NormalisedDecoder(models.decoder, models.mean, models.std))
            )
        else:
            self.denoiser, self.decoder = (OnnxModel(f"{directory}/{n}.onnx", threads) for n in ("denoiser", "decoder"))

    def latents(
        self,
        prompts: Sequence[str],
        seeds: Sequence[int],
        settings: Settings = DEFAULTS,
    ) -> Tensor:
        """Final latents [B, C, T, H, W]."""
        d, g = self.manifest["defaults"], self.manifest["latent"]
        frames = settings.frames or d["frames"]
        sizes = grid(self.manifest, settings.height or d["height"], settings.width or d["width"])
        shape = (
            g["channels"],
            frames // g["temporalCompression"],
            *(size // g["spatialCompression"] for size in sizes),
        )
        *contexts, empty = (torch.from_numpy(self.text(t)) for t in (*prompts, d["negativePrompt"]))
        start = torch.stack([noise(seed, shape) for seed in seeds]).to(self.device)
        return together(self.denoiser, start, contexts, empty, **self.sampling(settings))

    def sampling(self, settings: Settings) -> dict[str, Any]:
        """The arguments of `sampler.sample` that are settings."""
        interval = self.manifest.get("guidanceInterval", {"lowest": 0.0, "highest": 1.0})
        defaults = {
            "steps": self.manifest["defaults"]["steps"],
            "guidance": self.manifest["defaults"]["guidance"],
            "shift": self.manifest["scheduler"]["shift"],
            "scheduler": self.manifest["scheduler"]["name"],
            "guided": (interval["lowest"], interval["highest"]),
        }
        return defaults | {name: value for name, value in settings.given().items() if name in defaults}

    def told(self, prompt: str, seed: int, known: Tensor, known_mask: Tensor) -> Tensor:
        """Final latents [C, T, H, W] of a clip of which a part is known, see `sampler.sample`."""
        text, empty = (torch.from_numpy(self.text(t)) for t in (prompt, self.manifest["defaults"]["negativePrompt"]))
        return sample(
            self.denoiser,
            noise(seed, known.shape),
            text,
            empty,
            known=known,
            known_mask=known_mask,
            **self.sampling(DEFAULTS),
        )

    def shown(self, clip: Tensor, settings: Settings = DEFAULTS) -> Tensor:
        """A decoded clip [F, 3, H, W] as large as it was asked for: by an upscaler of the bundle, if need be."""
        scale = (settings.width or self.manifest["defaults"]["width"]) // clip.shape[3]
        if scale == 1:
            return clip
        upscaler = OnnxModel(f"{self.directory}/upscalerX{scale}.onnx", self.threads)
        return torch.cat([upscaler(picture[None]) for picture in clip])

    @torch.no_grad()
    def __call__(self, prompts: Sequence[str], seeds: Sequence[int], settings: Settings = DEFAULTS) -> Tensor:
        """Clips [B, F, 3, H, W] in [-1, 1] as they are decoded, before an upscaler, on the CPU."""
        latents = self.latents(prompts, seeds, settings)
        return torch.cat([self.decoder(one[None]).transpose(1, 2).cpu() for one in latents])
