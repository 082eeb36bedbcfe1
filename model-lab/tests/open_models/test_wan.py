"""Wan's exported graphs against diffusers' classes, of the sizes that checkpoints have and of others."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan import WanTransformer3DModel
from torch import nn
from torch.export import Dim
from transformers import UMT5Config, UMT5EncoderModel

from model_lab.open_models import graph, parity, t5, wan_denoiser, wan_vae
from model_lab.open_models.attention import attend
from model_lab.open_models.family import Graph
from model_lab.open_models.fixtures import randomise
from model_lab.open_models.options import Options

MIB = 1 << 20


def transformer(heads=2, width=12, layers=2, channels=16, seed=1, **more):
    model = WanTransformer3DModel(
        num_attention_heads=heads,
        attention_head_dim=width,
        out_channels=channels,
        num_layers=layers,
        **{"in_channels": channels, "text_dim": 24, "freq_dim": 32, "ffn_dim": 4 * width} | more,
    )
    randomise(model, seed)
    return model.eval().requires_grad_(False)


def vae(base=4, decoder=4, mult=(1, 2, 2, 2), blocks=1, patch=None, seed=2, channels=16):
    """Wan 2.1's, or with patches Wan 2.2's."""
    colours = 3 if patch is None else 3 * patch * patch
    model = AutoencoderKLWan(
        base_dim=base,
        decoder_base_dim=decoder,
        z_dim=channels,
        dim_mult=list(mult),
        num_res_blocks=blocks,
        latents_mean=torch.linspace(-1, 1, channels).tolist(),
        latents_std=torch.linspace(0.5, 2, channels).tolist(),
        is_residual=patch is not None,
        in_channels=colours,
        out_channels=colours,
        patch_size=patch,
        temperal_downsample=[False, True, True][4 - len(mult) :],
        scale_factor_spatial=2 ** (len(mult) - 1) * (patch or 1),
    )
    randomise(model, seed)
    return model.eval().requires_grad_(False)


def worst(built, directory, role="part", external=1 << 30):
    """The largest difference of a part's checks after a round through a file."""
    path = graph.write(built.graph, directory / "graph.onnx", external)[0]
    rows = parity.rows(role, built.checks, parity.opened(path, threads=1))
    print(parity.table(rows))
    assert len(rows) == len(built.checks) > 0
    return max(row.difference for row in rows)


@pytest.mark.parametrize(
    ("heads", "width", "layers", "channels", "told"),
    [(1, 32, 1, 16, False), (3, 20, 3, 8, False), (4, 12, 2, 48, True), (5, 6, 1, 4, False)],
)
def test_denoiser_agrees_at_four_shapes(tmp_path, heads, width, layers, channels, told):
    built = wan_denoiser.build_denoiser(transformer(heads, width, layers, channels), told)
    assert {check.case.split()[0] for check in built.checks} == {"B=1", "B=2"}
    assert worst(built, tmp_path) <= 1e-5


@pytest.mark.parametrize("patch", [1, 3])
def test_denoiser_agrees_with_patches_of_other_sizes(tmp_path, patch):
    built = wan_denoiser.build_denoiser(transformer(layers=1, patch_size=(1, patch, patch)), told=True)
    assert worst(built, tmp_path) <= 1e-5


class CrossAttention(nn.Module):
    """A block's attention to its text."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, context):
        return wan_denoiser._attention(self.layer, x, context, None)


def test_padding_of_a_text_takes_no_precision(tmp_path):
    """ONNX Runtime's sum over 500 places that are alike was off by 2e-5 of their values."""
    attention = CrossAttention(transformer(3, 18, 1).blocks[0].attn2)
    draw = torch.Generator().manual_seed(2)
    padding = torch.randn(1, 1, 54, generator=draw).expand(1, 500, 54)
    given = {
        "x": torch.randn(1, 45, 54, generator=draw),
        "context": torch.cat([torch.randn(1, 12, 54, generator=draw), padding], 1),
    }
    path = graph.write(Graph(attention, given, ("out",), {}), tmp_path / "graph.onnx", 1 << 30)[0]
    found = parity.opened(path, threads=1)(given)["out"]
    exact = copy.deepcopy(attention).double()(*(value.double() for value in given.values()))
    difference = ((found - exact).abs().max() / exact.abs().max()).item()
    print(f"{difference:.1e}")
    assert difference <= 2e-6


def test_denoiser_takes_a_picture_as_channels(tmp_path):
    model = transformer(channels=16, in_channels=36)
    built = wan_denoiser.build_denoiser(model, told=True)
    assert sum("known" in check.case for check in built.checks) == 4
    assert worst(built, tmp_path) <= 1e-5


@pytest.mark.parametrize(
    ("heads", "width", "layers", "channels", "image"), [(2, 12, 2, 16, 20), (1, 32, 1, 4, 7), (5, 6, 3, 8, 48)]
)
def test_denoiser_looks_at_a_picture_beside_the_text(tmp_path, heads, width, layers, channels, image):
    more = {"in_channels": 2 * channels + 4, "image_dim": image, "added_kv_proj_dim": heads * width}
    built = wan_denoiser.build_denoiser(transformer(heads, width, layers, channels, **more), told=True)
    assert worst(built, tmp_path) <= 1e-5


def test_denoiser_that_looks_at_a_picture_makes_something_of_it():
    model = transformer(in_channels=36, image_dim=20, added_kv_proj_dim=24)
    given = wan_denoiser.inputs((1, 2, 4, 4, 3), 16, 24, told=True, image=20)
    module = wan_denoiser.Denoiser(model, told=True)
    seen = module(**given)
    assert (seen - module(**given | {"image_embeddings": -given["image_embeddings"]})).abs().max() > 1e-2


def test_denoiser_takes_a_single_token(tmp_path):
    built = wan_denoiser.build_denoiser(transformer(), told=False, shapes=((1, 1, 2, 2, 4), (2, 1, 2, 2, 4)))
    assert worst(built, tmp_path) <= 1e-5


@pytest.mark.parametrize("image", [0, 20])
def test_denoiser_in_half_precision_is_near_the_whole_one(tmp_path, image):
    looks = {"in_channels": 36, "image_dim": image, "added_kv_proj_dim": 128} if image else {}
    model = transformer(heads=4, width=32, layers=2, **looks)
    given = wan_denoiser.inputs((2, 3, 4, 6, 9), 16, 24, told=bool(image), image=image)
    whole = wan_denoiser._expected(model, given, tell=bool(image))
    kept = model._keep_in_fp32_modules
    for name, weight in model.named_parameters():
        if not any(part in name.split(".") for part in kept):
            weight.data = weight.data.half()
    built = wan_denoiser.build_denoiser(model, told=bool(image), dtype="fp16")
    path = graph.write(built.graph, tmp_path / "graph.onnx", 1 << 30)[0]
    half = parity.opened(path, threads=1)(given)["prediction"]
    assert half.dtype == torch.float32
    assert 0 < (half - whole).abs().max() / whole.abs().max() <= 2e-3


def test_weights_in_a_file_of_their_own_give_the_same(tmp_path):
    built = wan_denoiser.build_denoiser(transformer(), told=False, shapes=((2, 2, 4, 4, 3),))
    assert worst(built, tmp_path, external=0) <= 1e-5
    assert (tmp_path / "graph.onnx.data").stat().st_size > 20_000


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"base": 6, "decoder": 6, "mult": (1, 1, 2, 2), "blocks": 2, "channels": 4},
        {"patch": 2, "base": 4, "decoder": 6, "channels": 12},
        {"mult": (1, 2, 2), "channels": 3},
    ],
    ids=["2.1", "2.1 with two blocks", "2.2", "2.1 with three levels"],
)
@pytest.mark.parametrize("build", [wan_vae.build_decoder, wan_vae.build_encoder])
def test_any_cut_in_time_agrees_with_the_whole_clip(tmp_path, build, config):
    cuts = {"in one piece": (4,), "frame by frame": (1, 1, 1, 1), "cut": (3, 1)}
    assert worst(build(vae(**config), cuts, size=(3, 4)), tmp_path) <= 1e-5


def encoder(words=40, **config):
    model = UMT5EncoderModel(
        UMT5Config(vocab_size=words, feed_forward_proj="gated-gelu", **{"d_model": 64, "d_kv": 16, "d_ff": 96} | config)
    )
    randomise(model, 5, model.config.num_heads)
    return model.eval().requires_grad_(False)


def built_text(model, text, most=64):
    def ids(prompt):
        return ([3 + ord(c) % 37 for c in prompt] + [1])[-most:]

    def embeddings(prompt):
        own = ids(prompt)
        padded = torch.tensor([own + [0] * (most - len(own))])
        return model(padded, (torch.arange(most) < len(own)).long()[None]).last_hidden_state[:, : len(own)]

    return t5.build(model, Options(Path(), "x", text=text), ids, embeddings)


@pytest.mark.parametrize(("heads", "layers"), [(2, 2), (4, 3)])
def test_text_of_any_length_agrees_without_padding(tmp_path, heads, layers):
    assert worst(built_text(encoder(num_heads=heads, num_layers=layers), "fp32"), tmp_path) <= 1e-5


@pytest.mark.parametrize(("text", "limit", "part"), [("fp16", 2e-3, 0.6), ("int8", 5e-2, 0.4)])
def test_text_encoder_is_stored_smaller(tmp_path, text, limit, part):
    model = encoder(words=600, d_model=256, d_ff=512, num_layers=1, num_heads=16)
    built = built_text(model, text)
    largest = max(check.expected.abs().max().item() for check in built.checks)
    assert 0 < worst(built, tmp_path) <= limit * largest  # relative, see the checks
    weights = sum(p.numel() for p in model.parameters()) * 4
    assert (tmp_path / "graph.onnx").stat().st_size < part * weights + 100_000


def measured(path, runs, shapes, carried=None):
    """Bytes at the peak of each run above those before the first, in a fresh process."""
    command = [sys.executable, str(Path(__file__).with_name("measure.py")), str(path), str(runs), json.dumps(shapes)]
    command += [json.dumps(carried)] if carried else []
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [int(line) for line in done.stdout.split()]


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peaks of memory are read from /proc")


@linux
def test_attention_over_8192_tokens_takes_little_memory(tmp_path):
    class Attend(nn.Module):
        def forward(self, q, k, v):
            return attend(q, k, v, 2)

    given = {name: torch.randn(2, 6, 128) for name in "qkv"}
    dims = {0: Dim.DYNAMIC, 1: Dim.DYNAMIC}
    made = Graph(Attend(), given, ("out",), dict.fromkeys("qkv", dims))
    path = graph.write(made, tmp_path / "attention.onnx", 1 << 30)[0]
    (extra,) = measured(path, 1, {name: ["float32", 1, 8192, 128] for name in "qkv"})
    print(f"{extra / MIB:.0f} MiB")
    assert extra <= 64 * MIB


@linux
def test_a_block_of_real_width_takes_what_its_activations_do(tmp_path):
    model = transformer(heads=12, width=128, layers=1, text_dim=4096, freq_dim=256, ffn_dim=8960)
    # Weights are in the graph: pages of a data file would be counted when they are first read.
    path = graph.write(wan_denoiser.graph(model, told=False), tmp_path / "block.onnx", 1 << 30)[0]
    shapes = {
        "latents": ["float32", 1, 16, 5, 60, 60],  # 4,500 tokens
        "timestep": ["float32", 1],
        "context": ["float32", 1, 512, 4096],
        "context_mask": ["int64", 1, 512],
    }
    (extra,) = measured(path, 1, shapes)
    print(f"{extra / MIB:.0f} MiB")
    assert extra <= 700 * MIB


@linux
def test_decoding_at_real_width_takes_the_same_for_any_length(tmp_path):
    coder = wan_vae.Decoder(vae(base=96, decoder=96, mult=(1, 2, 4, 4), blocks=2))
    path = graph.write(wan_vae.graph(coder), tmp_path / "decoder.onnx", 1 << 20)[0]
    states = wan_vae.zeros(coder, 1, 8, 8)
    shapes = {"latents": ["float32", 1, 16, 1, 8, 8], "first": ["int64", 1]}
    shapes |= {name: ["float32", *state.shape] for name, state in states.items()}
    carried = {name.replace("state.", "next."): name for name in states}
    peaks = measured(path, 5, shapes, carried)
    print([f"{peak / MIB:.0f} MiB" for peak in peaks])
    assert max(peaks[2:]) <= 1.1 * peaks[1]
    assert max(peaks) <= 800 * MIB
