"""Adapters (LoRA) merged into a denoiser before it is exported: W + scale · alpha / rank · B · A.

Files are read as diffusers, PEFT, kohya's trainers and the models' own authors write them: which names a file uses
follows from which of them fit the model. Whatever isn't understood is refused, because an adapter that is merged in
part changes clips without a word.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from model_lab.open_models.errors import ExportError

_PREFIX = re.compile(r"^(base_model\.model\.|transformer\.|transformer_2\.|diffusion_model\.|model\.|lora_unet_)")
_FILES = ("pytorch_lora_weights.safetensors", "adapter_model.safetensors")  # of diffusers, of PEFT

# What a tensor is, by the end of its name. `default` is how PEFT names the only adapter of a model.
_ENDS = (
    ("down", re.compile(r"(\.lora_A(\.default)?|\.lora_down|\.lora\.down)\.weight$")),
    ("up", re.compile(r"(\.lora_B(\.default)?|\.lora_up|\.lora\.up)\.weight$")),
    ("up_bias", re.compile(r"(\.lora_B(\.default)?|\.lora_up|\.lora\.up)\.bias$")),
    ("alpha", re.compile(r"\.alpha$")),
    ("diff_b", re.compile(r"\.diff_b$")),  # a bias's whole difference, not scaled by alpha
    ("diff", re.compile(r"\.diff$")),  # a weight's
)

# The authors' names of layers, as pairs of a pattern of diffusers' name and what stands for it.
_AUTHORS = {
    "WanTransformer3DModel": (
        (r"^condition_embedder\.image_embedder\.norm1$", "img_emb.proj.0"),
        (r"^condition_embedder\.image_embedder\.ff\.net\.0\.proj$", "img_emb.proj.1"),
        (r"^condition_embedder\.image_embedder\.ff\.net\.2$", "img_emb.proj.3"),
        (r"^condition_embedder\.image_embedder\.norm2$", "img_emb.proj.4"),
        (r"\.add_([kv])_proj$", r".\1_img"),
        (r"\.norm_added_k$", ".norm_k_img"),
        (r"\.norm2$", r".norm3"),
        (r"\.attn1\.", ".self_attn."),
        (r"\.attn2\.", ".cross_attn."),
        (r"\.to_out\.0$", ".o"),
        (r"\.to_([qkv])$", r".\1"),
        (r"\.ffn\.net\.0\.proj$", ".ffn.0"),
        (r"\.ffn\.net\.2$", ".ffn.2"),
        (r"^condition_embedder\.(text|time)_embedder\.linear_1$", r"\1_embedding.0"),
        (r"^condition_embedder\.(text|time)_embedder\.linear_2$", r"\1_embedding.2"),
        (r"^condition_embedder\.time_proj$", "time_projection.1"),
        (r"^proj_out$", "head.head"),
    ),
    "LTXVideoTransformer3DModel": (
        (r"^proj_in$", "patchify_proj"),
        (r"^time_embed\.", "adaln_single."),
        (r"\.norm_([qk])$", r".\1_norm"),
    ),
}


@dataclass(frozen=True)
class Lora:
    """A file with an adapter, how strongly it counts, and the component that it is for (None: every denoiser)."""

    path: Path
    scale: float = 1.0
    component: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Lora":
        """Reads `[COMPONENT=]FILE[:SCALE]`. A file with a colon in its name needs a scale."""
        component, _, rest = text.rpartition("=") if re.match(r"^transformer(_2)?=", text) else ("", "", text)
        path, colon, scale = rest.rpartition(":")
        if not colon:
            path, scale = rest, "1"
        try:
            factor = float(scale)
        except ValueError:
            factor = math.nan
        if not math.isfinite(factor):
            raise ExportError(f"--lora {text}: the scale is {scale!r}; valid is a number")
        return cls(Path(path), factor, component or None)

    def names_both(self) -> bool:
        """True if the file says which of two denoisers its layers are of."""
        return any(name.startswith("transformer_2.") for name in _read(self.file)[0])

    @property
    def file(self) -> Path:
        """The file itself: of a directory, the one that diffusers or PEFT writes into it."""
        found = [self.path / name for name in _FILES if (self.path / name).is_file()]
        file = self.path if self.path.is_file() else found[0] if found else None
        if file is None:
            valid = f"valid is a file, or a directory with {' or '.join(_FILES)}" if self.path.is_dir() else ""
            raise ExportError(f"--lora {self.path}: no such file" + (f"; {valid}" if valid else ""))
        return file


# Settings of PEFT by which an adapter is more than a product added to a layer's weights, or isn't for all inputs.
_OTHER_KINDS = (
    "alora_invocation_tokens",
    "arrow_config",
    "kasa_config",
    "layer_replication",
    "modules_to_save",
    "monteclora_config",
    "target_parameters",
    "trainable_token_indices",
    "use_bdlora",
    "use_dora",
    "use_qalora",
    "velora_config",
)
# How an adapter began without a change of the model's own weights. What PiSSA, OLoRA, CorDA and the like made of them
# is not in the file.
_BEGINNINGS = (True, False, None, "gaussian", "eva", "orthogonal")

_Layers = dict[str, dict[str, Tensor]]  # the tensors of each layer, by what they are


@dataclass(frozen=True)
class _Settings:
    """What a trainer says beside the tensors: alpha and how it counts, for all layers or by patterns of names."""

    alpha: float | None = None
    alphas: Mapping[str, float] = field(default_factory=dict)
    by_root: bool = False

    def factor(self, layer: str, rank: int, own: float | None) -> float:
        """How much a product counts; without an alpha, as it is."""
        pattern = next((p for p in self.alphas if re.match(rf"(.*\.)?{p}$", layer)), None)
        alpha = own if own is not None else self.alphas[pattern] if pattern is not None else self.alpha
        return 1.0 if alpha is None else float(alpha) / (math.sqrt(rank) if self.by_root else rank)


def merge(model: Any, loras: Sequence[Lora], component: str = "transformer") -> None:
    """Adds adapters to a model's weights, in place and layer by layer."""
    for lora in loras:
        _merge(model, lora, component)


@torch.no_grad()
def _merge(model: nn.Module, lora: Lora, component: str) -> None:
    path = lora.file
    tensors, metadata = _read(path)
    settings = _settings(path, metadata, component)
    layers = _layers(path, tensors, component)
    if not layers:
        return  # all of it is for the other component
    modules = _named(model, lora, layers)
    for name, layer in layers.items():
        _add(modules[name], layer, lora, name, settings)


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(str(path), "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            return tensors, file.metadata() or {}
    except SafetensorError as e:
        raise ExportError(f"--lora {path}: not a safetensors file: {e}") from None


def _settings(path: Path, metadata: Mapping[str, str], component: str) -> _Settings:
    """PEFT's configuration: in the file itself, where diffusers writes it, or beside it, where PEFT does."""
    said: dict[str, Any] = {}
    if "lora_adapter_metadata" in metadata:
        for key, value in _json(path, metadata["lora_adapter_metadata"], "lora_adapter_metadata").items():
            prefix, _, name = key.partition(".")
            if prefix == component or (prefix == "transformer" and name not in said):
                said[name] = value
    elif path.name == "adapter_model.safetensors" and (path.parent / "adapter_config.json").is_file():
        said = _json(path, (path.parent / "adapter_config.json").read_text(), "adapter_config.json")
    for name in _OTHER_KINDS:
        if said.get(name):
            raise ExportError(f"--lora {path}: {name} is {said[name]}; valid are adapters without")
    beginning = said.get("init_lora_weights")
    if beginning not in _BEGINNINGS:
        raise ExportError(
            f"--lora {path}: init_lora_weights is {beginning}, which changes the model's own weights; valid are "
            "adapters for the model as it is (PEFT: save_pretrained with path_initial_model_for_weight_conversion)"
        )
    alpha = said.get("lora_alpha")
    return _Settings(
        None if alpha is None else float(alpha), said.get("alpha_pattern") or {}, bool(said.get("use_rslora"))
    )


def _json(path: Path, text: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as e:
        raise ExportError(f"--lora {path}: {what} is not JSON: {e}") from None
    if not isinstance(found, dict):
        raise ExportError(f"--lora {path}: {what} is {type(found).__name__}; valid is an object")
    return found


def _layers(path: Path, tensors: Mapping[str, Tensor], component: str) -> _Layers:
    """The layers by their names in the file; where it names both denoisers, those of this one alone."""
    both = any(name.startswith("transformer_2.") for name in tensors)
    layers: _Layers = {}
    for name, tensor in tensors.items():
        kind, end = next(((k, e.search(name)) for k, e in _ENDS if e.search(name)), (None, None))
        if kind is None or end is None:
            raise ExportError(
                f"--lora {path}: {name} is no part of an adapter that can be merged; valid are lora_A and lora_B, "
                "lora_down and lora_up, alpha, diff, diff_b"
            )
        found = re.match(r"^(transformer_2|transformer)\.", name)
        if both and found and found[1] != component:
            continue
        layers.setdefault(_plain(name[: end.start()]), {})[kind] = tensor
    return layers


def _plain(layer: str) -> str:
    while _PREFIX.match(layer):
        layer = _PREFIX.sub("", layer)
    return layer


def _named(model: nn.Module, lora: Lora, layers: _Layers) -> dict[str, Any]:
    """The modules by their names in the file, in the one way of naming that fits best."""
    tables = list(_tables(model))
    best = max(tables, key=lambda table: sum(name in table for name in layers))
    unknown = sorted(name for name, layer in layers.items() if name not in best or not _complete(layer))
    if unknown:
        raise ExportError(
            f"--lora {lora.path}: {unknown[0]} ({len(unknown)} of {len(layers)} layers) fits no layer of "
            f"{type(model).__name__}; valid are adapters of this model, with names as diffusers, PEFT, kohya's "
            "trainers or the model's authors give them"
        )
    return best


def _complete(layer: Mapping[str, Tensor]) -> bool:
    pair = {"down", "up"} & layer.keys()
    return len(pair) == 2 or (not pair and bool({"diff", "diff_b"} & layer.keys()))


def _tables(model: nn.Module) -> Iterator[dict[str, nn.Module]]:
    """Modules by diffusers' names and by the authors', each with dots and with the underscores of kohya's trainers."""
    names = {name: module for name, module in model.named_modules() if getattr(module, "weight", None) is not None}
    authors = {_authors(type(model).__name__, name): module for name, module in names.items()}
    for table in (names, authors):
        yield table
        yield {name.replace(".", "_"): module for name, module in table.items()}


def _authors(model: str, name: str) -> str:
    for pattern, other in _AUTHORS.get(model, ()):
        name = re.sub(pattern, other, name)
    return name


def _add(module: Any, tensors: Mapping[str, Tensor], lora: Lora, name: str, settings: _Settings) -> None:
    weight: Tensor = module.weight
    if "down" in tensors:
        down, up = tensors["down"].float(), tensors["up"].float()
        own = float(tensors["alpha"]) if "alpha" in tensors else None
        factor = lora.scale * settings.factor(name, down.shape[0], own)
        _fits(lora, name, (up.shape[0], down[0].numel()), (weight.shape[0], weight[0].numel()))
        _fits(lora, name, (up[0].numel(),), (down.shape[0],))
        _plus(weight, factor * (up.flatten(1) @ down.flatten(1)).reshape(weight.shape))
        if "up_bias" in tensors:
            _plus(_bias(module, lora, name, tensors["up_bias"]), factor * tensors["up_bias"].float())
    if "diff" in tensors:
        _fits(lora, name, tuple(tensors["diff"].shape), tuple(weight.shape))
        _plus(weight, lora.scale * tensors["diff"].float())
    if "diff_b" in tensors:
        _plus(_bias(module, lora, name, tensors["diff_b"]), lora.scale * tensors["diff_b"].float())


def _bias(module: Any, lora: Lora, name: str, added: Tensor) -> Tensor:
    bias: Tensor | None = getattr(module, "bias", None)
    _fits(lora, f"{name}'s bias", tuple(added.shape), () if bias is None else tuple(bias.shape))
    assert bias is not None
    return bias


def _fits(lora: Lora, name: str, given: Sequence[int], wanted: Sequence[int]) -> None:
    if tuple(given) != tuple(wanted):
        raise ExportError(
            f"--lora {lora.path}: {name} is for a layer of {list(given)}; the model's has {list(wanted)}: it was made "
            "for a model of another size"
        )


def _plus(weight: Tensor, change: Tensor) -> None:
    weight.copy_((weight.float() + change).to(weight.dtype))
