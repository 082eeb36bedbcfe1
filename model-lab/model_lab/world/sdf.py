"""Signed distances (negative inside) of shapes of about unit radius, centred, upright."""

import math

import torch


def ball(x, y):
    return torch.hypot(x, y) - 1


def box(x, y):
    dx, dy = x.abs() - 0.74, y.abs() - 0.74
    return torch.hypot(dx.clamp(min=0), dy.clamp(min=0)) + torch.maximum(dx, dy).clamp(max=0) - 0.14


def star(x, y):
    """Five points: fold the angle into one tenth of the turn, then the distance to one edge."""
    angle = torch.atan2(x, y)
    sector = 2 * math.pi / 5
    folded = (torch.remainder(angle + sector / 2, sector) - sector / 2).abs()
    radius = torch.hypot(x, y)
    px, py = radius * torch.sin(folded), radius * torch.cos(folded)
    ax, ay = 0.0, 1.08                                                        # the tip
    bx, by = 0.48 * math.sin(sector / 2), 0.48 * math.cos(sector / 2)         # the notch
    ex, ey = bx - ax, by - ay
    t = (((px - ax) * ex + (py - ay) * ey) / (ex * ex + ey * ey)).clamp(0, 1)
    distance = torch.hypot(px - ax - t * ex, py - ay - t * ey)
    outside = (px - ax) * ey - (py - ay) * ex < 0
    return torch.where(outside, distance, -distance) - 0.06


def heart(x, y):
    x, y = x.abs() / 1.75, (y + 0.98) / 1.75
    lobe = torch.hypot(x - 0.25, y - 0.75) - math.sqrt(2) / 4
    m = (x + y).clamp(min=0) / 2
    body = torch.minimum(torch.hypot(x, y - 1), torch.hypot(x - m, y - m)) * torch.sign(x - y)
    return torch.where(x + y > 1, lobe, body) * 1.75


def triangle(x, y):
    """Flat base below, apex above; distance to the nearest of three half-planes, corners a little rounded."""
    side = x.abs() * 0.866 + y * 0.5 - 0.42
    return torch.maximum(side, -y - 0.84) - 0.12 * torch.exp(-4 * (side + y + 0.84).abs())


def ring(x, y):
    return (torch.hypot(x, y) - 0.7).abs() - 0.29


SHAPES = {f.__name__: f for f in (ball, box, star, heart, triangle, ring)}
