"""A diffusers checkpoint directory, read component by component so that one of them is in memory at a time."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from model_lab.open_models.errors import ExportError
from model_lab.open_models.lora import Lora, merge


@dataclass(frozen=True)
class Checkpoint:
    """A directory with model_index.json, and the adapters that are merged into its denoisers."""

    directory: Path
    loras: tuple[Lora, ...] = ()

    @cached_property
    def index(self) -> dict[str, Any]:
        """What model_index.json says: the pipeline's class, its components and its own settings."""
        return _json(self.directory / "model_index.json", "a diffusers checkpoint has one")

    @property
    def pipeline(self) -> str:
        """The name of diffusers' pipeline class."""
        return str(self.index.get("_class_name"))

    def has(self, component: str) -> bool:
        """True if the checkpoint has this component: `"transformer_2": [null, null]` says it has none."""
        entry = self.index.get(component)
        return isinstance(entry, list) and len(entry) == 2 and entry[1] is not None

    def class_of(self, component: str) -> str:
        """The class of a component, as model_index.json names it."""
        return str(self.index[component][1]) if self.has(component) else "none"

    def config(self, component: str) -> dict[str, Any]:
        """A component's own configuration."""
        name = "scheduler_config.json" if component == "scheduler" else "config.json"
        return _json(self.directory / component / name, f"component {component} has one")

    def load(self, component: str, cls: Any, dtype: torch.dtype) -> Any:
        """A component's model in `dtype` for inference, with adapters merged where it is a denoiser.

        Weights go from the file straight into the model, in `dtype`: diffusers and transformers keep those in float32
        that a class wants so (`_keep_in_fp32_modules`).
        """
        if not self.has(component):
            raise ExportError(f"model_index.json: {component} is missing; this family needs one")
        keyword = "dtype" if cls.__module__.startswith("transformers.") else "torch_dtype"
        model = cls.from_pretrained(self.directory / component, **{keyword: dtype})
        if component.startswith("transformer"):
            merge(model, [lora for lora in self.loras if lora.component in (None, component)])
        return model.eval().requires_grad_(False)

    @cached_property
    def parameters(self) -> str:
        """The names of the files with weights and their total size, for the progress lines."""
        files = sorted(self.directory.glob("*/*.safetensors"))
        return f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e9:.1f} GB"


def _json(path: Path, why: str) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise ExportError(f"{path} is missing; {why}") from None
    except json.JSONDecodeError as e:
        raise ExportError(f"{path} is not JSON: {e}") from None
