"""Adapters (LoRA) merged into a denoiser before it is exported: W + scale · alpha / rank · B · A."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor, nn

from model_lab.open_models.errors import ExportError

_PAIR = re.compile(r"^(?P<layer>.+)\.(?P<side>lora_[AB]|lora_down|lora_up)(\.default)?\.weight$")
_SIDES = {"lora_A": "A", "lora_down": "A", "lora_B": "B", "lora_up": "B"}


@dataclass(frozen=True)
class Lora:
    """A file with an adapter, how strongly it counts, and the component that it is for (None: every denoiser)."""

    path: Path
    scale: float = 1.0
    component: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Lora":
        """Reads `[COMPONENT=]FILE[:SCALE]`."""
        component, _, rest = text.rpartition("=") if re.match(r"^transformer(_2)?=", text) else ("", "", text)
        path, colon, scale = rest.rpartition(":")
        if not colon:
            path, scale = rest, "1"
        try:
            return cls(Path(path), float(scale), component or None)
        except ValueError:
            raise ExportError(f"--lora {text}: the scale is {scale!r}; valid is a number") from None


def merge(model: Any, loras: Sequence[Lora]) -> None:
    """Adds adapters to a model's weights, in place and layer by layer."""
    for lora in loras:
        _merge(model, lora)


@torch.no_grad()
def _merge(model: nn.Module, lora: Lora) -> None:
    if not lora.path.exists():
        raise ExportError(f"--lora {lora.path}: no such file")
    tensors = _converted(lora.path)
    layers: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        found = _PAIR.match(name)
        if found:
            layers.setdefault(_plain(found["layer"]), {})[_SIDES[found["side"]]] = tensor
        elif name.endswith(".alpha"):
            layers.setdefault(_plain(name.removesuffix(".alpha")), {})["alpha"] = tensor
    modules = dict(model.named_modules())
    unknown = sorted(name for name, of in layers.items() if not {"A", "B"} <= of.keys() or name not in modules)
    if unknown or not layers:
        first = unknown[0] if unknown else "no layer"
        raise ExportError(
            f"--lora {lora.path}: {first} ({len(unknown)} of {len(layers)} layers) fits no layer of "
            f"{type(model).__name__}; valid are adapters of this model, with names as diffusers or the model's authors "
            "give them"
        )
    for name, of in layers.items():
        down, up = of["A"].float(), of["B"].float()
        factor = lora.scale * (float(of["alpha"]) / down.shape[0] if "alpha" in of else 1.0)
        weight: Any = modules[name].weight
        weight.copy_((weight.float() + factor * (up.flatten(1) @ down.flatten(1)).reshape(weight.shape)).to(weight))


def _plain(layer: str) -> str:
    return re.sub(r"^(transformer|transformer_2|diffusion_model|base_model\.model)\.", "", layer)


def _converted(path: Path) -> dict[str, Tensor]:
    """The tensors of a file, by diffusers' names: authors' names of Wan go through diffusers' own conversion."""
    with safe_open(str(path), "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    if any(".self_attn." in name or ".cross_attn." in name for name in tensors):
        from diffusers.loaders.lora_conversion_utils import _convert_non_diffusers_wan_lora_to_diffusers

        return _convert_non_diffusers_wan_lora_to_diffusers(tensors)
    return tensors
