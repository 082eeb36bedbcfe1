"""Attention that never builds the matrix of all tokens by all tokens, in PyTorch and in the exported graph."""

import torch
import torch.nn.functional as F
from torch import Tensor


def attend(query: Tensor, key: Tensor, value: Tensor, heads: int, mask: Tensor | None = None) -> Tensor:
    """Multi-head attention of [B, N, C] over [B, L, C]; `mask` int32 [B, L] is 0 where a key isn't looked at.

    Work-around 5: exported, it is com.microsoft's MultiHeadAttention, the one operator for which ONNX Runtime has a
    kernel without the N×N matrix on the CPU (+18 MiB at N = 8,192 with two heads, where the standard `Attention` takes
    532 MiB) and on CUDA. It takes [B, N, C], and a mask of keys as [B, L].
    """
    if torch.onnx.is_in_onnx_export():
        masks = () if mask is None else (None, mask)
        return torch.onnx.ops.symbolic(
            "com.microsoft::MultiHeadAttention",
            (query, key, value, *masks),
            {"num_heads": heads},
            dtype=query.dtype,
            shape=query.shape,
            version=1,
        )
    q, k, v = (x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    keys = None if mask is None else mask[:, None, None].bool()
    return F.scaled_dot_product_attention(q, k, v, attn_mask=keys).transpose(1, 2).flatten(2)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotates the pairs of the last dimension: [..., D] by [..., D/2].

    Work-around 4: stacked and flattened. diffusers writes into slices of `empty_like`, which becomes ScatterND.
    """
    one, two = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack((one * cos - two * sin, one * sin + two * cos), -1).flatten(-2)
