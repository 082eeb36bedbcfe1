"""CLIP's view of a picture: what Wan 2.1's image to video is told of it beside its latents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.export import Dim
from transformers import CLIPVisionModel

# Pillow's resampling, whether torchvision is installed or not: its own differs by a level here and there.
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Built, Check, Graph

SIZES = ((832, 480), (96, 160), (64, 48), (352, 224))  # W, H: in both directions, enlarged, and of one side as it is
# One, on several libraries; and with a tokenizer beside it, as diffusers' converter of Wan 2.1 I2V writes it.
PROCESSORS = ("CLIPImageProcessor", "CLIPImageProcessorPil", "CLIPImageProcessorFast", "CLIPProcessor")
_FILES = ("preprocessor_config.json", "processor_config.json")  # of a processor alone, of one beside others
_FIXED = 1 << 22  # Pillow's weights are whole numbers, of this many to one


def config(checkpoint: Checkpoint) -> dict[str, Any]:
    """The encoder's configuration, with what its class takes for what isn't said."""
    said = checkpoint.config("image_encoder")
    try:
        return CLIPVisionModel.config_class(**said).to_dict()
    except Exception as e:  # it checks what it is given
        raise ExportError(f"{checkpoint.directory / 'image_encoder/config.json'} can't be read: {e}") from e


def tokens(settings: dict[str, Any]) -> int:
    """The embeddings of a picture: one for each patch, and one for all."""
    return (settings["image_size"] // settings["patch_size"]) ** 2 + 1


@dataclass(frozen=True)
class Preparation:
    """What becomes of a picture before the encoder sees it, as CLIPImageProcessor does it."""

    edge: int  # that the shorter side gets
    crop: tuple[int, int]  # height, width
    filter: str  # of _FILTERS
    factor: float
    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @classmethod
    def of(cls, processor: CLIPImageProcessorPil, where: str) -> "Preparation":
        """Of a processor; `where` names its file."""
        for name in ("do_resize", "do_center_crop", "do_rescale", "do_normalize"):
            _require(where, name, getattr(processor, name), (True,))
        resample = int(processor.resample)
        _require(where, "resample", resample, tuple(_FILTERS))
        size, crop = processor.size, (processor.crop_size.height, processor.crop_size.width)
        edge = size.shortest_edge
        if edge is None or size.longest_edge is not None:  # stretched, Pillow takes either direction first
            raise ExportError(f"{where}: size is {dict(size)}; valid is a shortest_edge alone")
        if None in crop or max(crop) > edge:
            raise ExportError(f"{where}: crop_size is {list(crop)}; valid is up to size, {edge}")
        mean, deviation = (_three(where, name, getattr(processor, name)) for name in ("image_mean", "image_std"))
        if 0 in deviation:
            raise ExportError(f"{where}: image_std is {list(deviation)}; valid are numbers other than 0")
        return cls(edge, crop, _FILTERS[resample], float(processor.rescale_factor), mean, deviation)


def _require(where: str, name: str, value: Any, valid: Sequence[Any]) -> None:
    if value not in valid:
        raise ExportError(f"{where}: {name} is {value}; valid is {' or '.join(map(str, valid))}")


def _three(where: str, name: str, values: Any) -> tuple[float, ...]:
    """A number for each colour."""
    if isinstance(values, (list, tuple)) and len(values) == 3 and all(isinstance(x, (int, float)) for x in values):
        return tuple(float(x) for x in values)
    raise ExportError(f"{where}: {name} is {values!r}; valid are three numbers")


def _bicubic(x: Tensor) -> Tensor:
    near = (1.5 * x - 2.5) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * -0.5
    return torch.where(x < 1, near, torch.where(x < 2, far, 0.0))


def _bilinear(x: Tensor) -> Tensor:
    return torch.clamp(1 - x, min=0)


def _lanczos(x: Tensor) -> Tensor:
    return torch.where(x < 3, _sinc(x) * _sinc(x / 3), 0.0)


def _sinc(x: Tensor) -> Tensor:
    angle = torch.where(x == 0, 1.0, x * torch.tensor(torch.pi, dtype=torch.float64))
    return torch.where(x == 0, 1.0, torch.sin(angle) / angle)


_FILTERS = {1: "lanczos", 2: "bilinear", 3: "bicubic"}  # Pillow's numbers
_KERNELS: dict[str, tuple[Callable[[Tensor], Tensor], int]] = {
    "lanczos": (_lanczos, 3),
    "bilinear": (_bilinear, 1),
    "bicubic": (_bicubic, 2),
}  # of a distance, 0 and above, and how far they reach


class Prepared(nn.Module):
    """pictures f32 [B, 3, H, W] in -1 to 1 to what the encoder sees, f32 [B, 3, h, w]: the same bits as Pillow's.

    Pillow resamples bytes, along rows first where a picture keeps its shape, with weights of 22 bits behind the point,
    and rounds to bytes after either direction. Here both are products of matrices, whose numbers are whole and below
    2^53: exact in any order. (ONNX's `Resize` has an antialiased cubic, which doesn't round floats.) Only what the crop
    keeps is computed.
    """

    factor: Tensor  # numbers of 64 bits are constants of the module: as numbers of Python, the graph has 32 of them
    mean: Tensor
    deviation: Tensor

    def __init__(self, preparation: Preparation) -> None:
        super().__init__()
        self.preparation = preparation
        self.register_buffer("factor", torch.tensor(preparation.factor, dtype=torch.float64))
        self.register_buffer("mean", torch.tensor(preparation.mean)[:, None, None])
        self.register_buffer("deviation", torch.tensor(preparation.deviation)[:, None, None])

    def forward(self, pictures: Tensor) -> Tensor:
        # Bytes again, as the services read them: frames are bytes / 127.5 - 1.
        x = torch.clamp(torch.round((pictures + 1) * 127.5), 0, 255).double()
        down, across = self._weights(*(torch.arange(size, dtype=torch.float64) for size in pictures.shape[2:]))
        x = _bytes(x @ across.T)
        x = _bytes(down @ x)
        return ((x * self.factor).float() - self.mean) / self.deviation

    def _weights(self, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
        """Of the places in a picture [H], [W]: whole numbers [h, H], [w, W]."""
        height, width = rows[-1] + 1, columns[-1] + 1
        short = torch.minimum(height, width)
        h, w = self.preparation.crop
        return self._along(rows, height, short, h), self._along(columns, width, short, w)

    def _along(self, places: Tensor, size: Tensor, short: Tensor, kept: int) -> Tensor:
        """The weights of each place for those that the crop keeps, [kept, size]."""
        resized = torch.floor(self.preparation.edge * size / short)
        kernel, reach = _KERNELS[self.preparation.filter]
        at = torch.floor((resized - kept) / 2) + torch.arange(kept, dtype=torch.float64)[:, None]
        scale = size / resized
        stretch = torch.clamp(scale, min=1)
        center, support = (at + 0.5) * scale, reach * stretch
        first, end = torch.floor(center - support + 0.5), torch.floor(center + support + 0.5)
        weights = kernel(torch.abs(places - center + 0.5) * (1 / stretch))
        weights = torch.where((places >= first) & (places < end), weights, 0.0)
        weights = weights / weights.sum(1, keepdim=True) * _FIXED
        return torch.sign(weights) * torch.floor(torch.abs(weights) + 0.5)


def _bytes(x: Tensor) -> Tensor:
    return torch.clamp(torch.floor((x + _FIXED // 2) / _FIXED), 0, 255)


class ImageEncoder(nn.Module):
    """pictures f32 [B, 3, H, W] in -1 to 1 to embeddings f32 [B, N, D]: what goes into CLIP's last layer."""

    def __init__(self, encoder: Any, preparation: Preparation) -> None:
        super().__init__()
        self.prepared = Prepared(preparation)
        self.embeddings = encoder.embeddings
        self.pre_layrnorm = encoder.pre_layrnorm
        self.layers = tuple(encoder.encoder.layers[:-1])
        self.encoder = nn.ModuleDict({"layers": nn.ModuleList(self.layers)})  # by their names in the checkpoint

    def forward(self, pictures: Tensor) -> Tensor:
        x = self.pre_layrnorm(self.embeddings(self.prepared(pictures)))
        for layer in self.layers:
            x = layer(x, None)
        return x


def graph(encoder: Any, preparation: Preparation) -> Graph:
    """The graph of an encoder, in float32, as WanImageToVideoPipeline's authors run it."""
    pictures = torch.rand(2, 3, 40, 52, generator=torch.Generator().manual_seed(1)) * 2 - 1
    sizes = {0: Dim.DYNAMIC, 2: Dim.DYNAMIC, 3: Dim.DYNAMIC}
    return Graph(ImageEncoder(encoder, preparation), {"pictures": pictures}, ("embeddings",), {"pictures": sizes})


def load(checkpoint: Checkpoint) -> CLIPImageProcessorPil:
    """The checkpoint's processor of pictures."""
    if checkpoint.class_of("image_processor") not in PROCESSORS:
        raise ExportError(
            f"model_index.json: image_processor is {checkpoint.class_of('image_processor')}; valid is {PROCESSORS[0]}"
        )
    file = settings_file(checkpoint)
    if not file.is_file():
        raise ExportError(f"{file} is missing; component image_processor has one")
    try:
        return CLIPImageProcessorPil.from_pretrained(file.parent, local_files_only=True)
    except Exception as e:  # not JSON, or a setting of another kind
        raise ExportError(f"{file} can't be read: {e}") from e


def settings_file(checkpoint: Checkpoint) -> Path:
    """What says how a picture is prepared: the one of the possible files that there is."""
    files = [checkpoint.directory / "image_processor" / name for name in _FILES]
    return next((file for file in files if file.is_file()), files[0])


def preparation(checkpoint: Checkpoint) -> Preparation:
    """What becomes of a picture, if the graph can do it; for an encoder that takes what comes out."""
    where = str(settings_file(checkpoint))
    found = Preparation.of(load(checkpoint), where)
    side = config(checkpoint)["image_size"]
    if found.crop != (side, side):
        raise ExportError(
            f"{where}: crop_size is {list(found.crop)}; valid is {[side, side]}, which image_encoder takes"
        )
    return found


@torch.no_grad()
def build(encoder: Any, processor: CLIPImageProcessorPil, preparation: Preparation) -> Built:
    """An encoder, checked against what WanImageToVideoPipeline.encode_image makes of pictures of several sizes."""
    checks = []
    for seed, (width, height) in enumerate(SIZES):
        image = picture(width, height, seed)
        seen = processor(images=image, return_tensors="pt")
        expected = encoder(**seen, output_hidden_states=True).hidden_states[-2]
        run = lambda run, image=image: run({"pictures": values(image)})["embeddings"]
        checks.append(Check(f"a picture of {width}x{height}", expected, run, relative=True))
    return Built(graph(encoder, preparation), tuple(checks))


def values(image: Image.Image) -> Tensor:
    """A picture as the services give it to a graph, f32 [1, 3, H, W]."""
    rows = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None]
    return rows.float() / 127.5 - 1


def picture(width: int, height: int, seed: int) -> Image.Image:
    """A picture with edges, slopes and noise."""
    draw = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / min(width, height)
    slope = 127 + 120 * np.sin(np.stack([7 * x + y, 3 * x * y, 11 * y - x], -1))
    edges = np.where(((x * 5).astype(int) + (y * 4).astype(int))[..., None] % 3 == 0, 255 - slope, slope)
    return Image.fromarray(np.clip(edges + draw.normal(0, 20, edges.shape), 0, 255).astype(np.uint8))
