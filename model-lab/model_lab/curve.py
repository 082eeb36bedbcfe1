"""Draws the loss curve that a checkpoint of the transformer remembers."""

import argparse

import torch
from PIL import Image, ImageDraw

WIDTH, HEIGHT, LEFT, FOOT, TOP = 640, 320, 48, 28, 12


def curve(losses: list[tuple[int, float]], path: str, title: str) -> None:
    """`losses`: (step, smoothed loss) pairs, drawn with the loss up to the 98th percentile."""
    last = losses[-1][0]
    top = 1.05 * sorted(value for _, value in losses)[int(0.98 * (len(losses) - 1))]

    def spot(step: float, value: float) -> tuple[float, float]:
        height = min(value / top, 1) * (HEIGHT - FOOT - TOP)
        return LEFT + step / last * (WIDTH - LEFT - 16), HEIGHT - FOOT - height

    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    for i in range(6):
        value, step = top * i / 5, last * i / 5
        pen.line([spot(0, value), spot(last, value)], fill="#e4e4e4")
        pen.text((8, spot(0, value)[1] - 6), f"{value:.2f}", fill="black")
        pen.text((spot(step, 0)[0] - 10, HEIGHT - FOOT + 6), f"{step:.0f}", fill="black")
    pen.line([spot(*point) for point in losses], fill="#c8202c", width=2)
    pen.text((WIDTH // 3, TOP), title, fill="black")
    image.save(path, optimize=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("checkpoint")
    options.add_argument("--out", default="loss.png")
    o = options.parse_args()
    losses = torch.load(o.checkpoint, map_location="cpu")["losses"]
    curve(losses, o.out, "velocity loss (smoothed) by training step")


if __name__ == "__main__":
    main()
