"""The whole path in about a minute: draw, train a little, encode, train a little, export, check parity. No download.

The weights it makes are good for nothing; a stand-in takes the text encoder's place.
"""

import sys
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from numpy.typing import NDArray

from model_lab import clips, export, parity, train_autoencoder, train_transformer, train_upscaler
from model_lab.checkpoint import load, save


class Words:
    """Stands in for the text encoder: each word a fixed random vector."""

    def __init__(self, *_: object) -> None:
        pass

    def __call__(self, text: str) -> NDArray[np.float32]:
        seeds = [sum(map(ord, word)) for word in ("[CLS] " + text + " [SEP]").split()]
        return np.stack([np.random.default_rng(s).standard_normal(384) for s in seeds]).astype(np.float32)[:24]


def run(directory: Path) -> dict[str, float]:
    """Trains for a few steps of each kind into `directory` and returns the parity differences."""
    torch.set_num_threads(1)
    autoencoder, transformer, upscaler = (directory / f"{n}.pt" for n in ("autoencoder", "transformer", "upscaler"))
    shards = directory / "clips"
    train_autoencoder.main(["--out", str(autoencoder), "--steps", "6", "--batch", "1", "--crop", "32"])
    shards.mkdir()
    with mock.patch.object(clips, "SHARD", 4), mock.patch.object(train_transformer, "TextEncoder", Words):
        for name, shape in (("square.pt", (16, 32, 32)), ("wide.pt", (24, 32, 64))):
            save(shards / name, clips.shard(0, load(autoencoder), Words(), shape))
        common = ["--clips", str(shards), "--minilm", "", "--out", str(transformer), "--batch", "2"]
        train_transformer.main([*common, "--steps", "2"])
        train_transformer.main([*common, "--steps", "4", "--resume", str(transformer)])
    with mock.patch.object(train_upscaler, "FIRST", 1), mock.patch.object(train_upscaler, "HELD", ["held"]):
        train_upscaler.main(["--autoencoder", str(autoencoder), "--out", str(upscaler), "--steps", "3", "--batch", "2"])
    given = {"version": "0.0.0", "textEncoder": {}, "tokenizer": {}}
    export.export(load(autoencoder, transformer, upscaler), directory / "bundle", given)
    return parity.differences(directory / "bundle", steps=3, shape=(16, 2, 6, 4))


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        found = run(Path(directory))
    print(found)
    sys.exit(max(found.values()) > parity.TOLERANCE)


if __name__ == "__main__":
    main()
