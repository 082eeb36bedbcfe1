"""How a bundle is to be exported."""

from dataclasses import dataclass
from pathlib import Path

import torch

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
TEXT_DTYPES = ("int8", "fp16", "fp32")


@dataclass(frozen=True)
class Options:
    """The settings of an export; see `--help`."""

    out: Path
    name: str
    dtype: str = "fp16"  # of the denoiser, one of DTYPES
    text: str = "fp16"  # of the text encoder's weights, one of TEXT_DTYPES
    external: int = 64 << 20  # graphs with more bytes of weights have them in a file of their own

    @property
    def torch_dtype(self) -> torch.dtype:
        """The denoiser's type."""
        return DTYPES[self.dtype]
