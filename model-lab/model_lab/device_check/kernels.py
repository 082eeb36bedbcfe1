"""Which kernels ONNX Runtime took for attention, as it says with ORT_ENABLE_ATTENTION_KERNEL_DEBUG_INFO=1."""

import re
from collections import Counter
from dataclasses import dataclass

VARIABLE = "ORT_ENABLE_ATTENTION_KERNEL_DEBUG_INFO"

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(
    r"Operator=(?P<operator>\S+)(?: Node=(?P<node>\S+))?(?: DataType=(?P<type>\S+))? SdpaKernel=(?P<kernel>\w+)"
)
# Kernels that don't hold the scores of all tokens by all tokens.
FLASH = frozenset({"FLASH_ATTENTION", "CUDNN_FLASH_ATTENTION", "LEAN_ATTENTION", "TRT_FLASH_ATTENTION"})


@dataclass(frozen=True)
class Choice:
    """The kernel of one node in one run."""

    operator: str
    node: str
    dtype: str
    kernel: str


def choices(output: str) -> list[Choice]:
    """What a process printed about its attentions, in order; colours and other lines are passed over."""
    found = (_LINE.search(_COLOUR.sub("", line)) for line in output.splitlines())
    return [Choice(m["operator"], m["node"] or "", m["type"] or "", m["kernel"]) for m in found if m]


def counted(found: list[Choice]) -> str:
    """How often each kernel was taken, for people."""
    counts = Counter(f"{choice.kernel} ({choice.dtype})" for choice in found)
    return ", ".join(f"{count} × {name}" for name, count in sorted(counts.items())) or "nothing was said"


def all_flash(found: list[Choice]) -> bool:
    """True if there were attentions, and none of them holds its scores."""
    return bool(found) and all(choice.kernel in FLASH for choice in found)
