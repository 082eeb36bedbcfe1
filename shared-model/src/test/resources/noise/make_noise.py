"""Writes what torch.randn draws, for TorchRandnTest to agree with, beside this script.

    pip install torch
    python shared-model/src/test/resources/noise/make_noise.py
"""

import json
from pathlib import Path

import torch

HERE = Path(__file__).parent
SEEDS = [0, 7, 42, -1, -7, 2**32 + 7, 2**63 - 1, -(2**63)]
SIZES = [1, 15, 16, 17, 31, 1000, 24576]
DRAWS = [[1, 1, 16, 1], [3, 5, 4], [15, 15], [15, 16, 15], [17, 31, 16], [1000, 1000], [24576, 24576], [24580, 7, 24580]]


def draw(generator: torch.Generator, size: int) -> dict[str, object]:
    """All values of a small tensor; of a large one the ends and every 613th."""
    values = torch.randn(size, generator=generator, dtype=torch.float32)
    indices = sorted({*range(min(size, 32)), *range(max(0, size - 32), size), *range(0, size, 613)})
    return {"size": size, "indices": indices, "values": [float(v) for v in values[indices]]}


def randn_cases() -> list[dict[str, object]]:
    """The first tensor of a generator."""
    return [
        {"seed": seed, **draw(torch.Generator().manual_seed(seed), size)} for seed in SEEDS for size in SIZES
    ]


def continued_cases() -> list[dict[str, object]]:
    """Tensors one after the other from one generator, as pipelines draw them."""
    cases: list[dict[str, object]] = []
    for seed in [7, -1]:
        for sizes in DRAWS:
            generator = torch.Generator().manual_seed(seed)
            name = f"seed {seed}, sizes {sizes}"
            cases.append({"name": name, "seed": seed, "draws": [draw(generator, size) for size in sizes]})
    return cases


def write(name: str, content: list[dict[str, object]]) -> None:
    text = json.dumps(content, indent=None, separators=(",", ":")).replace("},{", "},\n{")
    (HERE / name).write_text(text + "\n")


write("randn.json", randn_cases())
write("continued.json", continued_cases())
