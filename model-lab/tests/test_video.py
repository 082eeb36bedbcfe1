import re
from pathlib import Path

import torch

from model_lab import video
from model_lab.train_autoencoder import psnr
from model_lab.world import scene
from model_lab.world import vocabulary as v
from model_lab.world.render import render


def test_a_video_shows_the_clip_that_was_written():
    clip = render([scene.sample("video", held=True, words=v.EVERYTHING)], frames=12, height=64, width=96)[0]
    shown = video.shown(clip)
    assert shown.shape == clip.shape
    assert 35 < psnr(shown - clip) < 60  # near, but no longer the same


def test_colours_stay_where_they_are():
    """Halved chroma lies amid its four pixels: if it were read or written further left, red would move by half a
    pixel.
    """
    clip = torch.zeros(12, 3, 32, 64)
    clip[:, :, 9:23, 21:43] = torch.tensor([0.6, -0.4, -0.4])[:, None, None]
    redness = (video.shown(clip)[:, 0] - video.shown(clip)[:, 1]).clamp(min=0).mean((0, 1))
    centre = (redness * torch.arange(64)).sum() / redness.sum()
    assert abs(centre - 31.5) < 0.1


def test_videos_are_written_as_the_decoding_service_writes_them():
    services = Path(__file__).parents[2] / "libs/clips/src/main/java/dev/galatea/clips/video"
    encoder = re.sub(r'"\s*\+\s*"', "", (services / "FfmpegEncoder.java").read_text())
    option = lambda name: video.WRITTEN[video.WRITTEN.index(name) + 1]
    assert f'"{option("-vf")}"' in encoder and f'"{option("-bsf:v")}"' in encoder
    quantizer = re.search(r'@WithDefault\("(\d+)"\)\s+int quantizer', (services / "EncoderConfig.java").read_text())[1]
    assert option("-qmin") == option("-qmax") == quantizer
