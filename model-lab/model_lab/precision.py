"""The arithmetic of a training: bfloat16 where the device multiplies it, float32 elsewhere.

A CPU without AVX-512 BF16 or AMX emulates bfloat16, some forty times more slowly than it multiplies float32.
"""

from typing import Any

import torch


def arithmetic(device: str) -> torch.dtype:
    """What matrices are multiplied in on a device ("cpu", "cuda", …)."""
    if torch.device(device).type == "cpu" and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return torch.float32
    return torch.bfloat16


def autocast(device: str) -> Any:
    """A context in which matrices are multiplied in `arithmetic(device)`; without effect where that is float32."""
    dtype = arithmetic(device)
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=dtype is torch.bfloat16)
