import torch

from model_lab import video
from model_lab.train_autoencoder import psnr
from model_lab.world import scene, vocabulary as v
from model_lab.world.render import render


def test_a_video_shows_the_clip_that_was_written():
    clip = render([scene.sample("video", held=True, words=v.EVERYTHING)], frames=12, height=64, width=96)[0]
    shown = video.shown(clip)
    assert shown.shape == clip.shape
    assert 35 < psnr(shown - clip) < 60  # near, but no longer the same


def test_colours_stay_where_they_are():
    """Halved chroma lies amid its four pixels: if it were read or written further left, red would move by half a pixel."""
    clip = torch.zeros(12, 3, 32, 64)
    clip[:, :, 9:23, 21:43] = torch.tensor([0.6, -0.4, -0.4])[:, None, None]
    redness = (video.shown(clip)[:, 0] - video.shown(clip)[:, 1]).clamp(min=0).mean((0, 1))
    centre = (redness * torch.arange(64)).sum() / redness.sum()
    assert abs(centre - 31.5) < 0.1
