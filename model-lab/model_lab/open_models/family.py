"""What a family of models gives to the exporter: its parts, and what its manifest says."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor, nn

from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.options import Options
from model_lab.open_models.preview import Autoencoder

Run = Callable[[Mapping[str, Tensor]], dict[str, Tensor]]  # an ONNX graph, from inputs by name to outputs by name
Surgery = Callable[[Any], None]  # changes an onnx_ir.Model in place


@dataclass(frozen=True)
class Graph:
    """A module as an ONNX graph: example inputs in the order of `forward`, and which dimensions vary.

    Example batches are of two: with one, torch.export takes 1 for a constant of some layers, says nothing, and the
    graph refuses the batch of two that guidance needs (work-around 2).
    """

    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: tuple[str, ...]
    dynamic: dict[str, dict[int, Any]]
    opset: int = 20
    surgery: tuple[Surgery, ...] = ()
    storage: str = "plain"  # of the weights: as the module has them, or `fp16` or `int8`, see `storage`


@dataclass(frozen=True)
class Check:
    """One comparison of the written graph with diffusers: `run` gives what `expected` is."""

    case: str
    expected: Tensor
    run: Callable[[Run], Tensor]
    limit: float = 1e-5
    relative: bool = False  # the limit is a part of the largest expected value


@dataclass(frozen=True)
class Built:
    """A part's graph and its checks. What is expected was computed by diffusers' own, unchanged classes."""

    graph: Graph
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Part:
    """One role of a bundle. `build` loads the weights; nothing else holds them, so that they go with the part."""

    role: str
    build: Callable[[], Built]


@dataclass(frozen=True)
class Tiny:
    """A tiny random checkpoint of a real architecture, for tests."""

    name: str
    make: Callable[[Path], None]  # writes a diffusers checkpoint directory
    reference: Callable[[Path, Path], None]  # writes diffusers' own values of a checkpoint into a directory
    facts: Mapping[str, Any]  # fields of the manifest that differ from the family's


class Family(ABC):
    """A family of models. Stateless."""

    pipelines: ClassVar[tuple[str, ...]]  # diffusers' pipeline classes, as model_index.json names them
    components: ClassVar[Mapping[str, Any]]  # the classes of what can be loaded

    def needed(self, checkpoint: Checkpoint) -> Mapping[str, Any]:
        """The components that a checkpoint must have, with their classes; `transformer_2` may be missing."""
        return self.components

    @abstractmethod
    def check(self, checkpoint: Checkpoint) -> None:
        """Refuses components that don't fit each other: each would be exported rightly, and no clip made of them."""

    @abstractmethod
    def parts(self, checkpoint: Checkpoint, options: Options) -> Iterator[Part]:
        """The graphs of a bundle, in the order in which they are exported."""

    @abstractmethod
    def manifest(self, checkpoint: Checkpoint, options: Options) -> dict[str, Any]:
        """The manifest without `format`, `name` and `files`; of the checkpoint's own configuration."""

    def tokenizer(self, checkpoint: Checkpoint) -> bytes:
        """The tokenizer.json of the checkpoint.

        Of some classes, transformers takes the vocabulary of that file alone and builds the rest itself. Where what it
        builds tells texts apart in another way, it is taken as the pipeline has it.
        """
        from tokenizers import Tokenizer
        from transformers import AutoTokenizer

        directory = checkpoint.directory / "tokenizer"
        file = directory / "tokenizer.json"
        try:
            made = AutoTokenizer.from_pretrained(directory, local_files_only=True)
            own = str(made.backend_tokenizer.to_str())
            if file.exists() and _tokenized(Tokenizer.from_file(str(file))) == _tokenized(Tokenizer.from_str(own)):
                return file.read_bytes()
        except Exception as e:  # no directory, no vocabulary, one of an unknown kind
            raise ExportError(f"{directory} has no tokenizer.json, and none can be made of it: {e}") from e
        return own.encode()

    def autoencoder(self, checkpoint: Checkpoint) -> Autoencoder | None:
        """The checkpoint's autoencoder, to which a map for previews is fitted; None where the decoder paints them."""
        return None

    def tiny(self) -> Sequence[Tiny]:
        """The tiny checkpoints that stand for this family in tests."""
        return ()


# With what tokenizers differ in: spaces, lines, letters of two kinds, marks, special tokens in a text, and no text.
_TEXTS = (
    "A red ball bounces under a blue sky, filmed from below.",
    "  two  spaces, a\ttab\nand a line ",
    "½ ﬁne é ünïcödé Ⅳ 球が弾む\u3000🙂",
    "a</s> b <pad> <unk> <extra_id_0>",
    "",
)


def _tokenized(tokenizer: Any) -> list[list[int]]:
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return [tokenizer.encode(text).ids for text in _TEXTS]
