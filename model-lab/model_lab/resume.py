"""Makes checkpoints to go on training from, out of the weights in a bundle's graphs."""

import argparse
from pathlib import Path

from model_lab.checkpoint import from_bundle, save


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    options.add_argument("--out", required=True)
    options.add_argument("--hidden", type=int, help="widens the feed-forward parts of the transformer's layers to this")
    o = options.parse_args()
    models = from_bundle(o.bundle)
    Path(o.out).mkdir(parents=True, exist_ok=True)
    save(
        f"{o.out}/autoencoder.pt",
        {
            "enc": models.encoder.state_dict(),
            "dec": models.decoder.state_dict(),
            "step": 0,
            "mean": models.mean.tolist(),
            "std": models.std.tolist(),
        },
    )
    state = (models.denoiser.widened(o.hidden) if o.hidden else models.denoiser).state_dict()
    if models.upscaler:
        save(f"{o.out}/upscaler.pt", {"upscaler": models.upscaler.state_dict(), "step": 0})
    save(f"{o.out}/transformer.pt", {"model": state, "ema": state, "step": 0, "losses": []})


if __name__ == "__main__":
    main()
