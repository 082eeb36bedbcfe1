"""Muon: momentum, then the nearest orthogonal matrix by a Newton-Schulz iteration (Jordan et al., 2024)."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from model_lab.precision import arithmetic


def orthogonalised(gradients: Tensor, steps: int = 5) -> Tensor:
    """About the orthogonal factors of the polar decompositions of [B, M, N]; quintic iteration in bfloat16 if quick."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradients.to(arithmetic(gradients.device.type))
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2).contiguous()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return (x.transpose(1, 2) if tall else x).to(gradients.dtype)


class Muon(torch.optim.Optimizer):
    """For matrices only; those of one shape take their step together."""

    def __init__(
        self, parameters: Iterable[Tensor], lr: float = 0.01, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]  # without a closure
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[Tensor]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    by_shape.setdefault(p.shape, []).append(p)
            for shape, alike in by_shape.items():
                self._step(alike, group, group["lr"] * max(1, shape[0] / shape[1]) ** 0.5)

    def _step(self, alike: list[Tensor], group: dict[str, Any], rate: float) -> None:
        ahead = []
        for p in alike:
            buffer = self.state[p].setdefault("momentum", torch.zeros_like(p))
            assert p.grad is not None  # `step` leaves the others out
            buffer.lerp_(p.grad, 1 - group["momentum"])
            ahead.append(p.grad.lerp(buffer, group["momentum"]))
        for p, update in zip(alike, orthogonalised(torch.stack(ahead))):
            p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update, alpha=rate)
