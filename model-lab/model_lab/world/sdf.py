"""Signed distances (negative inside) of shapes of about unit radius, centred, upright; what has a face looks right.

`SHAPES` holds the outlines, `DETAILS` the parts that have a colour of their own: all lie within the outline.
"""

import math

import torch
from torch import Tensor


def ball(x: Tensor, y: Tensor) -> Tensor:
    return torch.hypot(x, y) - 1


def box(x: Tensor, y: Tensor) -> Tensor:
    return _box(x, y, 0.74, 0.74) - 0.14


def star(x: Tensor, y: Tensor) -> Tensor:
    """Five points: fold the angle into one tenth of the turn, then the distance to one edge."""
    angle = torch.atan2(x, y)
    sector = 2 * math.pi / 5
    folded = (torch.remainder(angle + sector / 2, sector) - sector / 2).abs()
    radius = torch.hypot(x, y)
    px, py = radius * torch.sin(folded), radius * torch.cos(folded)
    ax, ay = 0.0, 1.08  # the tip
    bx, by = 0.48 * math.sin(sector / 2), 0.48 * math.cos(sector / 2)  # the notch
    ex, ey = bx - ax, by - ay
    t = (((px - ax) * ex + (py - ay) * ey) / (ex * ex + ey * ey)).clamp(0, 1)
    distance = torch.hypot(px - ax - t * ex, py - ay - t * ey)
    outside = (px - ax) * ey - (py - ay) * ex < 0
    return torch.where(outside, distance, -distance) - 0.06


def heart(x: Tensor, y: Tensor) -> Tensor:
    x, y = x.abs() / 1.75, (y + 0.98) / 1.75
    lobe = torch.hypot(x - 0.25, y - 0.75) - math.sqrt(2) / 4
    m = (x + y).clamp(min=0) / 2
    body = torch.minimum(torch.hypot(x, y - 1), torch.hypot(x - m, y - m)) * torch.sign(x - y)
    return torch.where(x + y > 1, lobe, body) * 1.75


def triangle(x: Tensor, y: Tensor) -> Tensor:
    """Flat base below, apex above; distance to the nearest of three half-planes, corners a little rounded."""
    side = x.abs() * 0.866 + y * 0.5 - 0.42
    return torch.maximum(side, -y - 0.84) - 0.12 * torch.exp(-4 * (side + y + 0.84).abs())


def ring(x: Tensor, y: Tensor) -> Tensor:
    return (torch.hypot(x, y) - 0.7).abs() - 0.29


def bird(x: Tensor, y: Tensor) -> Tensor:
    body = _ellipse(x + 0.05, y + 0.15, 0.66, 0.46)
    head = torch.hypot(x - 0.5, y - 0.38) - 0.33
    return _any(body, head, _beak(x, y), _line(x, y, -0.5, -0.1, -0.98, 0.24, 0.15), _feet(x, y))


def fish(x: Tensor, y: Tensor) -> Tensor:
    tail = _wedge(x + 0.30, y, 0.66, 0.85)
    fin = _wedge(y - 0.82, x - 0.05, 0.5, 0.7)
    return _any(_ellipse(x - 0.14, y, 0.80, 0.50), tail, torch.maximum(fin, -y))


def boat(x: Tensor, y: Tensor) -> Tensor:
    return _any(_hull(x, y), _sails(x, y), _line(x, y, 0.0, -0.4, 0.0, 0.98, 0.05))


def car(x: Tensor, y: Tensor) -> Tensor:
    body = _box(x, y + 0.32, 0.88, 0.20) - 0.10
    cabin = torch.maximum((y - 0.36).abs() - 0.42, (x + 0.08).abs() * 0.9 + y * 0.4 - 0.62)
    return _any(body, cabin, _wheels(x, y))


def balloon(x: Tensor, y: Tensor) -> Tensor:
    neck = _wedge(-y - 0.46, x, 0.6, 0.75)
    return _any(_ellipse(x, y - 0.36, 0.54, 0.64), neck, _string(x, y))


def rocket(x: Tensor, y: Tensor) -> Tensor:
    body = torch.maximum(_ellipse(x, y + 0.25, 0.42, 1.30), -y - 0.72)
    fins = torch.maximum(torch.maximum(x.abs() * 0.8 + y * 0.6 - 0.26, -y - 0.94), 0.25 - x.abs())
    return _any(body, fins)


def tree(x: Tensor, y: Tensor) -> Tensor:
    crown = _any(
        torch.hypot(x, y - 0.45) - 0.53, torch.hypot(x - 0.42, y - 0.10) - 0.40, torch.hypot(x + 0.42, y - 0.10) - 0.40
    )
    return _any(crown, _trunk(x, y))


def _any(first: Tensor, *others: Tensor) -> Tensor:
    for other in others:
        first = torch.minimum(first, other)
    return first


def _box(x: Tensor, y: Tensor, width: float, height: float) -> Tensor:
    dx, dy = x.abs() - width, y.abs() - height
    return torch.hypot(dx.clamp(min=0), dy.clamp(min=0)) + torch.maximum(dx, dy).clamp(max=0)


def _ellipse(x: Tensor, y: Tensor, width: float, height: float) -> Tensor:
    """Exact on its axes, near enough elsewhere."""
    return (torch.hypot(x / width, y / height) - 1) * min(width, height)


def _line(x: Tensor, y: Tensor, ax: float, ay: float, bx: float, by: float, thick: float) -> Tensor:
    ex, ey = bx - ax, by - ay
    t = (((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)).clamp(0, 1)
    return torch.hypot(x - ax - t * ex, y - ay - t * ey) - thick


def _wedge(x: Tensor, y: Tensor, length: float, slope: float) -> Tensor:
    """A triangle with its tip at 0 that opens towards -x: |y| < slope · -x as far as x = -length."""
    return torch.maximum((y.abs() + slope * x) / math.hypot(1, slope), -x - length)


def _dot(x: Tensor, y: Tensor, cx: float, cy: float, radius: float) -> Tensor:
    return torch.hypot(x - cx, y - cy) - radius


def _beak(x: Tensor, y: Tensor) -> Tensor:
    return _line(x, y, 0.74, 0.38, 0.98, 0.30, 0.07)


def _feet(x: Tensor, y: Tensor) -> Tensor:
    return torch.minimum(_line(x, y, -0.15, -0.5, -0.12, -0.95, 0.05), _line(x, y, 0.15, -0.5, 0.18, -0.95, 0.05))


def _hull(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum((y + 0.66).abs() - 0.27, x.abs() * 0.86 - y * 0.5 - 1.10)


def _sails(x: Tensor, y: Tensor) -> Tensor:
    right = torch.maximum(torch.maximum(0.07 - x, -y - 0.28), x * 0.83 + y * 0.56 - 0.50)
    left = torch.maximum(torch.maximum(x + 0.07, -y - 0.28), -x * 0.86 + y * 0.51 - 0.30)
    return torch.minimum(right, left)


def _wheels(x: Tensor, y: Tensor) -> Tensor:
    return torch.minimum(_dot(x, y, -0.54, -0.68, 0.27), _dot(x, y, 0.54, -0.68, 0.27))


def _string(x: Tensor, y: Tensor) -> Tensor:
    """With a weight at its end."""
    return torch.minimum(_line(x, y, 0.0, -0.3, 0.0, -0.9, 0.07), _box(x, y + 0.86, 0.16, 0.06) - 0.06)


def _trunk(x: Tensor, y: Tensor) -> Tensor:
    return _box(x, y + 0.62, 0.12, 0.36)


SHAPES = {f.__name__: f for f in (ball, box, star, heart, triangle, ring, bird, fish, boat, car, balloon, rocket, tree)}

_DARK, _TYRE, _GLASS = (0.10, 0.10, 0.14), (0.20, 0.20, 0.26), (0.22, 0.24, 0.34)
DETAILS = {
    "bird": [
        (_beak, (0.98, 0.62, 0.10)),
        (_feet, (0.80, 0.50, 0.12)),
        (lambda x, y: _dot(x, y, 0.58, 0.45, 0.09), _DARK),
    ],
    "fish": [
        (lambda x, y: _dot(x, y, 0.58, 0.12, 0.15), (0.98, 0.98, 0.98)),
        (lambda x, y: _dot(x, y, 0.61, 0.12, 0.08), _DARK),
    ],
    "boat": [(_sails, (0.97, 0.96, 0.92))],
    "car": [
        (_wheels, _TYRE),
        (lambda x, y: torch.maximum((y - 0.38).abs() - 0.20, (x + 0.08).abs() * 0.9 + y * 0.4 - 0.50), _GLASS),
    ],
    "balloon": [(lambda x, y: torch.maximum(_string(x, y), y + 0.44), (0.98, 0.78, 0.10))],
    "rocket": [(lambda x, y: _dot(x, y, 0.0, 0.22, 0.19), _GLASS)],
    "tree": [(lambda x, y: torch.maximum(_trunk(x, y), y + 0.28), (0.42, 0.28, 0.16))],
}
