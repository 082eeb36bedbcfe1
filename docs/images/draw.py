#!/usr/bin/env python3
"""Draws architecture.svg and sequence.svg beside this file: docs/images/draw.py (standard library only).

Each picture brings its own light background, so that it is legible on pages of any colour.
"""

from html import escape
from pathlib import Path

INK, LINE, PAPER = "#22303c", "#5b6b78", "#fbfaf6"
SERVICE, KAFKA, STORE, CLIENT, PUBLIC = "#dcebf7", "#efe7f6", "#e3f0df", "#ffffff", "#ffe9c7"


class Picture:
    """Collects the elements of an SVG."""

    def __init__(self, width, height, title):
        self.size, self.title, self.parts = (width, height), title, []

    def rect(self, x, y, width, height, fill, radius=8, stroke=LINE, dash=""):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}" '
                          f'stroke="{stroke}"{dashed}/>')

    def text(self, x, y, words, size=14, anchor="middle", weight="normal", fill=INK, mono=False):
        family = ' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace"' if mono else ""
        self.parts.append(f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
                          f'fill="{fill}"{family}>{escape(words)}</text>')

    def box(self, x, y, width, height, fill, name, *lines, dash=""):
        """A box with a name in bold and lines below it."""
        self.rect(x, y, width, height, fill, dash=dash)
        top = y + height / 2 - 8.5 * len(lines) + 5
        self.text(x + width / 2, top, name, 15, weight="bold")
        for i, line in enumerate(lines):
            self.text(x + width / 2, top + 18 * (i + 1), line, 12)

    def topic(self, x, y, width, name, fill=KAFKA):
        """A topic, by the middle of its pill."""
        self.rect(x - width / 2, y - 13, width, 26, fill, 13)
        self.text(x, y + 4, name, 11.5, mono=True)

    def arrow(self, *points, both=False, dash="", colour=LINE):
        path = "M" + " L".join(f"{x} {y}" for x, y in points)
        start = ' marker-start="url(#tip)"' if both else ""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.6"{dashed} '
                          f'marker-end="url(#tip)"{start}/>')

    def write(self, name):
        width, height = self.size
        body = "\n".join(self.parts)
        Path(__file__).with_name(name).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" font-family="DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif">\n<title>{escape(self.title)}</title>\n'
            f'<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
            f'orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="{LINE}"/></marker></defs>\n'
            f'<rect width="{width}" height="{height}" rx="14" fill="{PAPER}"/>\n{body}\n</svg>\n')


def architecture():
    p = Picture(1180, 640, "Galatea: clients, services, Kafka topics and the object store")
    p.box(60, 24, 250, 56, CLIENT, "HTTP clients, browser", "/v1/videos, server-sent events, page")
    p.box(465, 24, 250, 56, CLIENT, "Kafka clients", "CloudEvents in and out")
    p.box(870, 24, 250, 56, CLIENT, "webhook endpoints", "named by the operator")
    p.box(60, 128, 250, 62, SERVICE, "gateway", "answers from job states, any replica")
    p.box(870, 128, 250, 62, SERVICE, "webhooks", "signed, at least once")
    p.arrow((185, 80), (185, 128), both=True)
    p.arrow((995, 128), (995, 80))

    p.rect(30, 238, 1120, 128, "#f5f0f9", 12, "#9c86b3")
    p.text(1136, 258, "Apache Kafka", 13, "end", "bold", "#6b5285")
    public = ((130, "video.command.v1"), (320, "video.prompt.submitted.v1"), (600, "video.finished.v1"))
    for x, name in public:
        p.topic(x, 284, 180 if len(name) < 20 else 196, name, PUBLIC)
    p.topic(775, 284, 130, "video.jobs.v1")
    p.topic(925, 284, 150, "video.progress.v1")
    stages = ((225, "video.job.accepted.v1"), (433, "video.encoding.requested.v1"), (656, "video.prompt.conditioned.v1"),
              (871, "video.latents.denoised.v1"), (1062, "video.clip.decoded.v1"))
    for x, name in stages:
        p.topic(x, 338, 8 * len(name) - 12, name)

    p.arrow((130, 190), (130, 271))
    p.arrow((280, 190), (280, 271))
    p.arrow((925, 271), (925, 215), (230, 215), (230, 190))
    p.arrow((775, 271), (775, 217))
    p.text(360, 208, "states and progress, by every replica", 11.5, "start", fill=LINE)
    p.arrow((520, 80), (520, 110), (350, 110), (350, 271))
    p.arrow((620, 271), (620, 80))
    p.arrow((660, 271), (660, 228), (995, 228), (995, 190))

    y = 430
    names = (("job-tracking", "admission, states,", "terminal events", 30, 160),
             ("text-conditioning", "text → embeddings", "", 240, 170),
             ("encoding", "picture, video →", "latents (if any)", 460, 160),
             ("denoising", "noise → latents,", "step by step", 690, 160),
             ("decoding", "latents → MP4", "", 885, 135),
             ("finishing", "MP4 → MP4", "", 1040, 110))
    for name, first, second, x, width in names:
        lines = [line for line in (first, second) if line]
        p.box(x, y, width, 76, SERVICE, name, *lines, dash="5 3" if name in ("encoding", "finishing") else "")
    p.arrow((110, 366), (110, 430), both=True)
    p.text(38, 402, "follows all", 11.5, "start", fill=LINE)
    p.arrow((165, 430), (195, 351))
    p.arrow((255, 351), (290, 430))
    p.arrow((360, 430), (400, 351))
    p.arrow((395, 430), (590, 351))
    p.arrow((465, 351), (505, 430))
    p.arrow((580, 430), (625, 351))
    p.arrow((690, 351), (735, 430))
    p.arrow((810, 430), (845, 351))
    p.arrow((895, 351), (935, 430))
    p.arrow((985, 430), (1030, 351))
    p.arrow((1095, 430), (1095, 351), both=True)

    p.rect(30, 560, 1120, 52, STORE, 12, "#7d9c74")
    p.text(590, 582, "S3-compatible object store", 14, weight="bold")
    p.text(590, 601, "embeddings · reference media · latents · checkpoints · previews · clips: events carry references, "
           "with length and SHA-256", 12)
    for x in (325, 540, 770, 952, 1095):
        p.arrow((x, 506), (x, 560), both=True)
    p.arrow((60, 160), (18, 160), (18, 586), (30, 586), both=True)
    p.arrow((110, 506), (110, 560))
    p.text(118, 538, "removes what nobody needs", 11.5, "start", fill=LINE)
    p.rect(742, 108, 14, 14, PUBLIC, 4)
    p.text(762, 120, "public topic", 11.5, "start", fill=LINE)
    p.rect(742, 130, 14, 14, KAFKA, 4)
    p.text(762, 142, "internal topic", 11.5, "start", fill=LINE)
    p.rect(742, 152, 14, 14, SERVICE, 4, dash="4 2")
    p.text(762, 164, "not all jobs", 11.5, "start", fill=LINE)
    p.write("architecture.svg")


def sequence():
    names = ("client", "gateway", "job-tracking", "text-conditioning", "denoising", "decoding", "object store")
    x = {name: 80 + 172 * i for i, name in enumerate(names)}
    messages = (
        ("client", "gateway", "POST /v1/videos", ""),
        ("gateway", "job-tracking", "prompt.submitted", ""),
        ("job-tracking", "gateway", "jobs: queued", ""),
        ("gateway", "client", "200, id", "back"),
        ("job-tracking", "text-conditioning", "job.accepted", ""),
        ("text-conditioning", "object store", "embeddings, once per text", "store"),
        ("text-conditioning", "denoising", "prompt.conditioned", ""),
        None,
        ("denoising", "gateway", "progress: step k of n, preview", ""),
        ("gateway", "client", "server-sent event", "back"),
        ("denoising", "object store", "checkpoint, preview", "store"),
        None,
        ("denoising", "object store", "latents", "store"),
        ("denoising", "decoding", "latents.denoised", ""),
        ("decoding", "object store", "clip, thumbnail, sprite sheet", "store"),
        ("decoding", "job-tracking", "clip.decoded", ""),
        ("job-tracking", "gateway", "jobs: completed", ""),
        ("job-tracking", "client", "video.finished.v1, exactly once (Kafka)", "back"),
        ("client", "gateway", "GET …/content", ""),
        ("gateway", "object store", "clip", "store"),
    )
    height = 110 + 34 * len(messages) + 30
    p = Picture(1200, height, "The sequence of one job, from the request to the clip")
    for name in names:
        fill = STORE if name == "object store" else CLIENT if name == "client" else SERVICE
        p.rect(x[name] - 74, 20, 148, 34, fill)
        p.text(x[name], 42, name, 13.5, weight="bold")
        p.parts.append(f'<path d="M{x[name]} 54 V{height - 62}" stroke="#b9c3ca" stroke-dasharray="4 4" fill="none"/>')
    y, loop = 86, None
    for message in messages:
        if message is None:
            if loop is None:
                loop = y - 14
            else:
                p.rect(x["client"] - 40, loop, x["object store"] - x["client"] + 80, y - loop - 12, "none", 8, "#9c86b3", "6 4")
                p.text(x["client"] - 30, loop + 17, "each step", 12, "start", "bold", "#6b5285")
            y += 20
            continue
        source, target, words, kind = message
        p.arrow((x[source], y), (x[target], y), dash="5 4" if kind == "back" else "",
                colour="#5f8a54" if kind == "store" else LINE)
        middle = (x[source] + x[target]) / 2
        width = 7.1 * len(words) + 8
        p.parts.append(f'<rect x="{middle - width / 2}" y="{y - 19}" width="{width}" height="15" fill="{PAPER}" opacity="0.9"/>')
        p.text(middle, y - 7, words, 12)
        y += 34
    p.text(30, height - 34, "Between services every arrow is an event on Kafka: the output is published before the input is acknowledged, "
           "so whoever dies leaves the work to another.", 12, "start", fill=LINE)
    p.text(30, height - 16, "Jobs that start from a picture or video pass encoding between text-conditioning and denoising; those that ask for larger "
           "or more frames, finishing after decoding. Every stage reports progress; denoising is shown.", 12, "start", fill=LINE)
    p.write("sequence.svg")


if __name__ == "__main__":
    architecture()
    sequence()
