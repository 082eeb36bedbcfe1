"""Adapters as diffusers, PEFT, kohya's trainers and the models' authors write them, merged into small transformers."""

import json
import math

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import torch
from diffusers import LTXVideoTransformer3DModel, WanTransformer3DModel
from diffusers.loaders.lora_conversion_utils import (
    _convert_musubi_wan_lora_to_diffusers,
    _convert_non_diffusers_wan_lora_to_diffusers,
)
from safetensors.torch import save_file

from model_lab.open_models.errors import ExportError
from model_lab.open_models.fixtures import randomise
from model_lab.open_models.lora import Lora, merge

RANK = 2
TO_Q = "blocks.0.attn1.to_q"
AUTHORS = [
    *(f"{part}_attn.{side}" for part in ("self", "cross") for side in "qkvo"),
    "ffn.0",
    "ffn.2",
]


def wan(**more):
    model = WanTransformer3DModel(
        num_attention_heads=2, attention_head_dim=6, text_dim=8, freq_dim=8, ffn_dim=10, num_layers=2, **more
    )
    randomise(model, 1)
    return model


def ltx():
    model = LTXVideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=6,
        cross_attention_dim=12,
        num_layers=1,
        caption_channels=8,
    )
    randomise(model, 1)
    return model


def pair(module, seed=0, rank=RANK):
    """A and B for a layer."""
    draw = torch.Generator().manual_seed(seed)
    weight = module.weight
    return torch.randn(rank, *weight.shape[1:], generator=draw), torch.randn(
        weight.shape[0], rank, *[1] * (weight.ndim - 2), generator=draw
    )


def change(model, path, scale=1.0, component="transformer"):
    """By how much each weight has changed."""
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    merge(model, [Lora(path, scale)], component)
    changes = {name: weight.detach() - before[name] for name, weight in model.named_parameters()}
    return {name: difference for name, difference in changes.items() if difference.abs().max() > 0}


def saved(path, tensors, **metadata):
    save_file(tensors, path, metadata)
    return path


def near(changes, expected):
    assert changes.keys() == expected.keys()
    for name, difference in expected.items():
        torch.testing.assert_close(changes[name], difference, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("prefix", ["transformer.", "", "base_model.model.", "base_model.model.transformer."])
@pytest.mark.parametrize(
    ("down", "up"),
    [
        ("lora_A.weight", "lora_B.weight"),
        ("lora_A.default.weight", "lora_B.default.weight"),
        ("lora_down.weight", "lora_up.weight"),
        ("lora.down.weight", "lora.up.weight"),
    ],
)
@pytest.mark.parametrize("alpha", [None, 8.0])
def test_names_of_diffusers_and_peft(tmp_path, prefix, down, up, alpha):
    model = wan()
    a, b = pair(model.get_submodule(TO_Q))
    tensors = {f"{prefix}{TO_Q}.{down}": a, f"{prefix}{TO_Q}.{up}": b}
    tensors |= {f"{prefix}{TO_Q}.alpha": torch.tensor(alpha)} if alpha else {}
    found = change(model, saved(tmp_path / "a.safetensors", tensors), 0.5)
    near(found, {f"{TO_Q}.weight": 0.5 * (alpha / RANK if alpha else 1) * b @ a})


def test_a_convolution_and_a_bias(tmp_path):
    model = wan()
    a, b = pair(model.patch_embedding)
    bias = torch.randn(12)
    tensors = {"transformer.patch_embedding.lora_A.weight": a, "transformer.patch_embedding.lora_B.weight": b}
    tensors["transformer.patch_embedding.lora_B.bias"] = bias
    found = change(model, saved(tmp_path / "a.safetensors", tensors))
    product = (b.flatten(1) @ a.flatten(1)).reshape(12, 16, 1, 2, 2)
    near(found, {"patch_embedding.weight": product, "patch_embedding.bias": bias})


def test_names_of_wans_authors_for_what_looks_at_a_picture(tmp_path):
    """The names that diffusers' own conversion knows."""
    names = {f"blocks.{i}.cross_attn.{side}_img": f"blocks.{i}.attn2.add_{side}_proj" for i in (0, 1) for side in "kv"}
    names |= {
        f"img_emb.proj.{n}": f"condition_embedder.image_embedder.ff.net.{to}" for n, to in ((1, "0.proj"), (3, 2))
    }
    model = wan(image_dim=10, added_kv_proj_dim=12)
    modules, tensors, expected = dict(model.named_modules()), {}, {}
    for seed, (author, name) in enumerate(names.items()):
        a, b = pair(modules[name], seed)
        tensors |= {f"diffusion_model.{author}.lora_A.weight": a, f"diffusion_model.{author}.lora_B.weight": b}
        expected[f"{name}.weight"] = b @ a
    near(change(model, saved(tmp_path / "lora.safetensors", tensors)), expected)


@pytest.mark.parametrize("alpha", [None, 4.0])
@pytest.mark.parametrize(("down", "up"), [("lora_A", "lora_B"), ("lora_down", "lora_up")])
def test_names_of_wans_authors(tmp_path, alpha, down, up):
    """Held to diffusers' own conversion of these names."""
    model, tensors = wan(), {}
    ours = {
        **{f"{p}.{q}": f"{r}.to_{q}" for p, r in (("self_attn", "attn1"), ("cross_attn", "attn2")) for q in "qkv"},
        "self_attn.o": "attn1.to_out.0",
        "cross_attn.o": "attn2.to_out.0",
        "ffn.0": "ffn.net.0.proj",
        "ffn.2": "ffn.net.2",
    }
    for block in range(2):
        for seed, (theirs, layer) in enumerate(ours.items()):
            a, b = pair(model.get_submodule(f"blocks.{block}.{layer}"), seed)
            name = f"diffusion_model.blocks.{block}.{theirs}"
            tensors |= {f"{name}.{down}.weight": a, f"{name}.{up}.weight": b}
            tensors |= {f"{name}.diff_b": torch.randn(b.shape[0])}
            tensors |= {f"{name}.alpha": torch.tensor(alpha)} if alpha else {}
    for theirs, layer in (
        ("time_projection.1", "condition_embedder.time_proj"),
        ("head.head", "proj_out"),
        ("text_embedding.0", "condition_embedder.text_embedder.linear_1"),
        ("text_embedding.2", "condition_embedder.text_embedder.linear_2"),
        ("time_embedding.0", "condition_embedder.time_embedder.linear_1"),
        ("time_embedding.2", "condition_embedder.time_embedder.linear_2"),
    ):
        a, b = pair(model.get_submodule(layer), 40)
        tensors |= {f"diffusion_model.{theirs}.{down}.weight": a, f"diffusion_model.{theirs}.{up}.weight": b}
    converted = _convert_non_diffusers_wan_lora_to_diffusers({name: tensor.clone() for name, tensor in tensors.items()})
    expected = {}
    for name, up_weight in converted.items():
        if name.endswith(".lora_B.weight"):
            layer = name.removeprefix("transformer.").removesuffix(".lora_B.weight")
            expected[f"{layer}.weight"] = up_weight @ converted[name.replace("lora_B", "lora_A")]
        if name.endswith(".lora_B.bias"):
            expected[name.removeprefix("transformer.").replace(".lora_B", "")] = up_weight
    assert len(expected) == 46
    near(change(model, saved(tmp_path / "a.safetensors", tensors)), expected)


@pytest.mark.parametrize("prefix", ["diffusion_model.", ""])
def test_whole_differences(tmp_path, prefix):
    """Those of norms are the models' own: the authors' norm3 is diffusers' norm2."""
    model = wan()
    norm, head = torch.randn(12), torch.randn_like(model.proj_out.weight)
    tensors = {f"{prefix}blocks.1.norm3.diff": norm, f"{prefix}head.head.diff": head}
    tensors[f"{prefix}blocks.0.self_attn.norm_q.diff"] = norm.clone()
    found = change(model, saved(tmp_path / "a.safetensors", tensors), 2.0)
    near(
        found,
        {"blocks.1.norm2.weight": 2 * norm, "proj_out.weight": 2 * head, "blocks.0.attn1.norm_q.weight": 2 * norm},
    )


def test_names_of_kohyas_trainers(tmp_path):
    """Held to diffusers' own conversion, which wants all layers."""
    model, tensors = wan(), {}
    layers = {name: module for name, module in model.named_modules() if name.startswith("blocks.")}
    names = dict(zip(AUTHORS, ("attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0")))
    names |= dict(zip(AUTHORS[4:8], ("attn2.to_q", "attn2.to_k", "attn2.to_v", "attn2.to_out.0")))
    names |= {"ffn.0": "ffn.net.0.proj", "ffn.2": "ffn.net.2"}
    for block in range(2):
        for seed, (theirs, layer) in enumerate(names.items()):
            a, b = pair(layers[f"blocks.{block}.{layer}"], seed)
            name = f"lora_unet_blocks_{block}_{theirs.replace('.', '_')}"
            tensors |= {f"{name}.lora_down.weight": a, f"{name}.lora_up.weight": b}
            tensors[f"{name}.alpha"] = torch.tensor(1.0)
    converted = _convert_musubi_wan_lora_to_diffusers({name: tensor.clone() for name, tensor in tensors.items()})
    expected = {
        name.removeprefix("transformer.").replace(".lora_B", ""): up @ converted[name.replace("lora_B", "lora_A")]
        for name, up in converted.items()
        if ".lora_B." in name
    }
    near(change(model, saved(tmp_path / "a.safetensors", tensors)), expected)


@pytest.mark.parametrize(
    ("theirs", "layer"),
    [
        ("diffusion_model.transformer_blocks.0.attn1.to_out.0", "transformer_blocks.0.attn1.to_out.0"),
        ("diffusion_model.patchify_proj", "proj_in"),
        ("diffusion_model.adaln_single.linear", "time_embed.linear"),
        ("transformer.transformer_blocks.0.ff.net.0.proj", "transformer_blocks.0.ff.net.0.proj"),
        ("lora_unet_transformer_blocks_0_attn2_to_k", "transformer_blocks.0.attn2.to_k"),
    ],
)
def test_names_of_ltx(tmp_path, theirs, layer):
    model = ltx()
    a, b = pair(model.get_submodule(layer))
    path = saved(tmp_path / "a.safetensors", {f"{theirs}.lora_A.weight": a, f"{theirs}.lora_B.weight": b})
    near(change(model, path), {f"{layer}.weight": b @ a})


def adapter(model, prefix="transformer.", layer=TO_Q):
    a, b = pair(model.get_submodule(layer))
    return {f"{prefix}{layer}.lora_A.weight": a, f"{prefix}{layer}.lora_B.weight": b}, b @ a


@pytest.mark.parametrize(
    ("said", "factor"),
    [
        ({"lora_alpha": 8, "r": RANK}, 8 / RANK),
        ({"lora_alpha": 8, "r": RANK, "use_rslora": True}, 8 / math.sqrt(RANK)),
        ({"lora_alpha": 8, "r": RANK, "alpha_pattern": {"attn1.to_q": 3}}, 3 / RANK),
        ({"lora_alpha": 8, "r": RANK, "alpha_pattern": {"attn2.to_q": 3}}, 8 / RANK),
    ],
)
@pytest.mark.parametrize("by", ["diffusers", "peft"])
def test_alpha_stands_beside_the_tensors(tmp_path, said, factor, by):
    model = wan()
    if by == "diffusers":
        tensors, product = adapter(model)
        facts = {f"transformer.{name}": value for name, value in said.items()}
        path = saved(tmp_path / "a.safetensors", tensors, lora_adapter_metadata=json.dumps(facts))
    else:
        tensors, product = adapter(model, "base_model.model.")
        saved(tmp_path / "adapter_model.safetensors", tensors)
        (tmp_path / "adapter_config.json").write_text(json.dumps(said))
        path = tmp_path  # as PEFT's own from_pretrained takes it
    near(change(model, path), {f"{TO_Q}.weight": factor * product})


def test_an_adapter_of_two_experts_goes_to_each(tmp_path):
    one, product = adapter(wan())
    other, other_product = adapter(wan(), "transformer_2.", "blocks.1.ffn.net.2")
    path = saved(tmp_path / "a.safetensors", one | other)
    near(change(wan(), path), {f"{TO_Q}.weight": product})
    near(change(wan(), path, component="transformer_2"), {"blocks.1.ffn.net.2.weight": other_product})


def test_half_precision_weights_stay_so(tmp_path):
    model = wan().half()
    tensors, _ = adapter(model)
    merge(model, [Lora(saved(tmp_path / "a.safetensors", {k: v.half() for k, v in tensors.items()}))])
    assert model.get_submodule(TO_Q).weight.dtype == torch.float16


@pytest.mark.parametrize(
    ("tensors", "why"),
    [
        ({"transformer.blocks.9.attn1.to_q.lora_A.weight": (2, 12)}, r"blocks\.9\.attn1\.to_q.*fits no layer of Wan"),
        ({f"transformer.{TO_Q}.lora_A.weight": (2, 12)}, "fits no layer"),  # half of a pair
        ({f"transformer.{TO_Q}.lora_magnitude_vector": (12,)}, "lora_magnitude_vector is no part of an adapter"),
        ({f"transformer.{TO_Q}.dora_scale": (12, 1)}, "dora_scale is no part"),
        ({f"lora_unet_{TO_Q}.hada_w1_a": (2, 2)}, "hada_w1_a is no part"),
        (
            {f"{TO_Q}.lora_A.weight": (2, 24), f"{TO_Q}.lora_B.weight": (24, 2)},
            r"for a layer of \[24, 24\]; the model's has \[12, 12\]",
        ),
        ({f"{TO_Q}.diff": (24, 12)}, r"\[24, 12\]; the model's has \[12, 12\]"),
        ({"text_encoder.shared.lora_A.weight": (2, 8), "text_encoder.shared.lora_B.weight": (8, 2)}, "fits no layer"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path, tensors, why):
    path = saved(tmp_path / "a.safetensors", {name: torch.ones(shape) for name, shape in tensors.items()})
    with pytest.raises(ExportError, match=why):
        merge(wan(), [Lora(path)])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"use_dora": True}, "use_dora is True; valid are adapters without"),
        ({"modules_to_save": ["proj_out"]}, "modules_to_save is .*; valid are adapters without"),
        ({"alora_invocation_tokens": [3]}, "alora_invocation_tokens is .*; valid are adapters without"),
        ({"init_lora_weights": "pissa_niter_4"}, "init_lora_weights is pissa_niter_4, which changes"),
        ({"init_lora_weights": "olora"}, "init_lora_weights is olora, which changes"),
        (["r"], "is list; valid is an object"),
    ],
)
@pytest.mark.parametrize("by", ["diffusers", "peft"])
def test_an_adapter_of_another_kind_is_refused(tmp_path, said, why, by):
    """PiSSA and OLoRA take a part of the model's own weights out, which is not in the file."""
    tensors, _ = adapter(wan(), "base_model.model.")
    if by == "peft":
        path = saved(tmp_path / "adapter_model.safetensors", tensors)
        (tmp_path / "adapter_config.json").write_text(json.dumps(said))
    else:
        facts = {f"transformer.{name}": value for name, value in said.items()} if isinstance(said, dict) else said
        path = saved(tmp_path / "a.safetensors", tensors, lora_adapter_metadata=json.dumps(facts))
    with pytest.raises(ExportError, match=why):
        merge(wan(), [Lora(path)])


@pytest.mark.parametrize("said", [True, False, "gaussian", "eva"])
def test_an_adapter_that_began_beside_the_weights_is_merged(tmp_path, said):
    model = wan()
    a, b = pair(model.get_submodule(TO_Q))
    tensors = {f"base_model.model.{TO_Q}.lora_A.weight": a, f"base_model.model.{TO_Q}.lora_B.weight": b}
    saved(tmp_path / "adapter_model.safetensors", tensors)
    (tmp_path / "adapter_config.json").write_text(json.dumps({"init_lora_weights": said}))
    near(change(model, tmp_path), {f"{TO_Q}.weight": b @ a})


def test_files_are_named(tmp_path):
    with pytest.raises(ExportError, match="no such file"):
        merge(wan(), [Lora(tmp_path / "none")])
    (tmp_path / "adapter_config.json").write_text("{")
    saved(tmp_path / "adapter_model.safetensors", {f"{TO_Q}.diff": torch.ones(12, 12)})
    with pytest.raises(ExportError, match=r"adapter_config\.json is not JSON"):
        merge(wan(), [Lora(tmp_path)])
    (tmp_path / "adapter_model.safetensors").unlink()
    with pytest.raises(ExportError, match=r"a directory with pytorch_lora_weights\.safetensors or adapter_model"):
        merge(wan(), [Lora(tmp_path)])
    (tmp_path / "a.safetensors").write_bytes(b"<html>not found</html>")
    with pytest.raises(ExportError, match="not a safetensors file"):
        merge(wan(), [Lora(tmp_path / "a.safetensors")])


def test_adapters_are_told_apart():
    path = Lora.parse("a/b.safetensors").path
    assert Lora.parse("transformer_2=a/b.safetensors:0.8") == Lora(path, 0.8, "transformer_2")
    assert Lora.parse("a/b.safetensors:-1") == Lora(path, -1.0)
    for text, scale in (("a:much", "much"), ("a:nan", "nan"), ("a:", "")):
        with pytest.raises(ExportError, match=f"scale is '{scale}'"):
            Lora.parse(text)
