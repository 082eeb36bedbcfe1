"""Writes the golden files beside this script with the reference implementation (numpy, torch, safetensors)."""

import pathlib

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent


def main() -> None:
    save_file(
        {
            "latents": torch.arange(6, dtype=torch.float32).reshape(1, 2, 3) / 4,
            "half": torch.tensor([1.0, -2.5, 65504.0], dtype=torch.float16),
            "brain": torch.tensor([[1.0, -3.140625], [0.0, 1e30]], dtype=torch.bfloat16),
            "step": torch.tensor([7, -(2**62)], dtype=torch.int64),
            "scalar": torch.tensor(0.5, dtype=torch.float32),
            "nothing": torch.zeros((0, 4), dtype=torch.float32),
        },
        HERE / "all-types.safetensors",
        metadata={"format": "pt"},
    )
    save_file({"héllo \"x\"": torch.tensor([1.5, float("nan"), float("-inf")])}, HERE / "odd-name.safetensors")
    save_file({}, HERE / "empty.safetensors", metadata={"a": "b"})


if __name__ == "__main__":
    main()
