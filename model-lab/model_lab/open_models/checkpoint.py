"""A diffusers checkpoint directory, read component by component so that one of them is in memory at a time."""

import inspect
import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from model_lab.open_models.errors import ExportError
from model_lab.open_models.lora import Lora, merge

# Classes whose weights another one reads, with what it has no use for left out.
_ALSO = {"CLIPVisionModel": ("CLIPVisionModelWithProjection",)}  # as diffusers' converter of Wan 2.1 I2V writes it

_WEIGHTS = re.compile(r"^(diffusion_pytorch_)?model(\.(?P<variant>[a-z0-9_]+))?(-\d+-of-\d+)?\.safetensors$")


_FLOATS = ("F64", "F32", "F16", "BF16")  # as safetensors calls them


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

    def config(self, component: str, cls: Any = None) -> dict[str, Any]:
        """A component's own configuration; with a class, also what its constructor takes for what isn't said."""
        name = "scheduler_config.json" if component == "scheduler" else "config.json"
        said = _json(self.directory / component / name, f"component {component} has one")
        return said if cls is None else _defaults(cls) | said

    def check(self, components: Mapping[str, Any], optional: str) -> None:
        """Refuses, before the first of them is loaded, what lacks one of these components or has another in its place.

        `optional` names one that may be missing.
        """
        for component, cls in components.items():
            if component != optional or self.has(component):
                self._check(component, cls)
        for lora in self.loras:
            if lora.component is not None and not self.has(lora.component):
                raise ExportError(f"--lora {lora.component}={lora.path}: model_index.json has no {lora.component}")
            if lora.names_both() and not self.has(optional):
                raise ExportError(f"--lora {lora.path}: it is for {optional}, which model_index.json has not")

    def _check(self, component: str, cls: Any) -> None:
        valid = (cls.__name__, *_ALSO.get(cls.__name__, ()))
        if self.class_of(component) not in valid:
            raise ExportError(
                f"model_index.json: {component} is {self.class_of(component)}; valid is {' or '.join(valid)}"
            )
        config = self.config(component)
        if config.get("quantization_config"):
            raise ExportError(
                f"{component}/config.json: quantization_config is set; valid are weights that aren't quantised"
            )
        variant = self._variant(component)
        for index in sorted((self.directory / component).glob("*.safetensors.index*.json")):
            named = _json(index, "").get("weight_map")
            if not isinstance(named, dict):
                raise ExportError(f"{index}: weight_map is {type(named).__name__}; valid is an object")
            for name in sorted(set(named.values())):
                if not (index.parent / name).is_file():
                    raise ExportError(f"{index.parent / name} is missing; {index.name} names it")
        for path in sorted((self.directory / component).glob("*.safetensors")):
            found = _WEIGHTS.match(path.name)
            if found and found["variant"] == variant:
                _check_weights(path)

    def _variant(self, component: str) -> str | None:
        """The one variant of a component's files (`fp16`), None if there are files without."""
        directory = self.directory / component
        found = [_WEIGHTS.match(path.name) for path in sorted(directory.glob("*.safetensors"))]
        variants = {match["variant"] for match in found if match}
        if not variants:
            raise ExportError(f"{directory} has no weights; valid are *.safetensors as diffusers writes them")
        if None not in variants and len(variants) > 1:
            raise ExportError(f"{directory} has the variants {', '.join(sorted(map(str, variants)))}; valid is one")
        return None if None in variants else variants.pop()

    def load(self, component: str, cls: Any, dtype: torch.dtype) -> Any:
        """A component's model in `dtype` for inference, with adapters merged where it is a denoiser.

        Weights go from the file straight into the model, in `dtype`: diffusers and transformers keep those in float32
        that a class wants so (`_keep_in_fp32_modules`).
        """
        self._check(component, cls)
        of_transformers = cls.__module__.startswith("transformers.")
        try:
            model, found = cls.from_pretrained(
                self.directory / component,
                **{"dtype" if of_transformers else "torch_dtype": dtype},
                variant=self._variant(component),
                local_files_only=True,
                use_safetensors=True,
                output_loading_info=True,
            )
        except Exception as e:  # a file that is cut, a wrong shape, a setting that the class doesn't know: many kinds
            raise ExportError(f"{self.directory / component} can't be loaded: {_first_line(e)}") from e
        # The parts of a model that weren't in the files would be random numbers. Decoders of T5 are in some files.
        _refuse(component, "lack", found["missing_keys"])
        _refuse(component, "have another shape for", found["mismatched_keys"])
        if not of_transformers:
            _refuse(component, f"have what {cls.__name__} hasn't:", found["unexpected_keys"])
        if component.startswith("transformer"):
            merge(model, [lora for lora in self.loras if lora.component in (None, component)], component)
        return model.eval().requires_grad_(False)

    @cached_property
    def parameters(self) -> str:
        """The names of the files with weights and their total size, for the progress lines."""
        files = sorted(self.directory.glob("*/*.safetensors"))
        return f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e9:.1f} GB"


def _check_weights(path: Path) -> None:
    """Refuses a file that is cut, or whose weights are quantised: cast to floats they would be other numbers."""
    with path.open("rb") as file:
        start = file.read(8)
        if start == b"version ":
            raise ExportError(f"{path} is a pointer of Git LFS; valid is the file itself: git lfs pull")
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        size = path.stat().st_size
        try:
            header = json.loads(file.read(length) if length <= size else b"")
            header.pop("__metadata__", None)
            end = 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0)
            kinds = {name: entry["dtype"] for name, entry in header.items()}
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise ExportError(f"{path} is cut, or not a safetensors file: {size} bytes") from None
    if size < end:
        raise ExportError(f"{path} is cut: it has {size} bytes; its header says {end}")
    for name, kind in sorted(kinds.items()):
        if name.endswith((".weight", ".bias")) and kind not in _FLOATS:
            raise ExportError(
                f"{path}: {name} is {kind}; valid are {', '.join(_FLOATS)}: weights that aren't quantised"
            )


def _refuse(component: str, problem: str, keys: Any) -> None:
    names = sorted(str(key) for key in keys)
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise ExportError(f"{component}: its files {problem} {names[0]}{more}")


def _defaults(cls: Any) -> dict[str, Any]:
    """What a constructor takes for what it isn't given."""
    parameters = inspect.signature(cls.__init__).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}


def _first_line(e: Exception) -> str:
    return next((line.strip() for line in str(e).splitlines() if line.strip()), type(e).__name__)


def _json(path: Path, why: str) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise ExportError(f"{path} is missing; {why}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as e:
        raise ExportError(f"{path} is not JSON: {e}") from None
    except OSError as e:
        raise ExportError(f"{path} can't be read: {e.strerror}") from None
    if not isinstance(found, dict):
        raise ExportError(f"{path}: is {type(found).__name__}; valid is an object")
    return found
