"""Checkpoint directories as they are found on disks: in shards, as variants, cut, mixed up, and without a part."""

import json
import shutil

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoTokenizer, UMT5Config, UMT5EncoderModel

from model_lab.open_models.__main__ import main
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.exporting import export
from model_lab.open_models.families import family_of
from model_lab.open_models.fixtures import randomise, tokenizer
from model_lab.open_models.lora import Lora
from model_lab.open_models.options import Options

COMPONENTS = {"text_encoder": UMT5EncoderModel, "transformer": WanTransformer3DModel, "vae": AutoencoderKLWan}


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A small checkpoint, as WanPipeline saves it."""
    directory = tmp_path_factory.mktemp("checkpoint") / "wan"
    tokenizer(directory / "tokenizer")
    tokens = AutoTokenizer.from_pretrained(directory / "tokenizer")
    text = UMT5EncoderModel(UMT5Config(vocab_size=len(tokens), d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2))
    denoiser = WanTransformer3DModel(
        num_attention_heads=1, attention_head_dim=6, text_dim=8, freq_dim=8, ffn_dim=8, num_layers=2
    )
    vae = AutoencoderKLWan(base_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1)
    for seed, model in enumerate((text, denoiser, vae)):
        randomise(model, seed)
    scheduler = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0)
    WanPipeline(
        tokenizer=tokens, text_encoder=text, vae=vae, scheduler=scheduler, transformer=denoiser
    ).save_pretrained(directory)
    return directory


@pytest.fixture
def copy(original, tmp_path):
    shutil.copytree(original, tmp_path / "wan")
    return tmp_path / "wan"


def checked(directory, **more):
    found = Checkpoint(directory, **more)
    found.check(COMPONENTS, optional="transformer_2")
    return found


def denoiser(directory):
    return checked(directory).load("transformer", WanTransformer3DModel, torch.float32)


def weights(directory):
    return directory / "transformer" / "diffusion_pytorch_model.safetensors"


def change(path, **fields):
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def assert_same(model, original):
    for (name, one), other in zip(model.state_dict().items(), denoiser(original).state_dict().values()):
        assert torch.equal(one, other), name


def test_shards_are_read_and_a_missing_one_is_named(original, copy):
    model = denoiser(original)
    shutil.rmtree(copy / "transformer")
    model.save_pretrained(copy / "transformer", max_shard_size="5KB")
    shards = sorted((copy / "transformer").glob("*-of-*.safetensors"))
    assert len(shards) > 1
    assert_same(denoiser(copy), original)
    shards[1].unlink()
    with pytest.raises(ExportError, match=f"{shards[1].name} is missing; .*index.json names it"):
        checked(copy)


@pytest.mark.parametrize("shards", [{}, {"max_shard_size": "5KB"}])
def test_the_one_variant_that_there_is_is_read(original, copy, shards):
    model = denoiser(original)
    shutil.rmtree(copy / "transformer")
    model.save_pretrained(copy / "transformer", variant="fp16", **shards)
    assert_same(denoiser(copy), original)


def test_a_class_in_another_ones_place_is_refused(copy):
    change(copy / "model_index.json", transformer=["diffusers", "WanVACETransformer3DModel"])
    with pytest.raises(ExportError, match="transformer is WanVACETransformer3DModel; valid is WanTransformer3DModel"):
        checked(copy)
    change(copy / "model_index.json", transformer=[None, None])
    with pytest.raises(ExportError, match="transformer is none; valid is"):
        checked(copy)


def test_quantised_weights_are_refused(copy):
    change(copy / "transformer" / "config.json", quantization_config={"quant_method": "bitsandbytes"})
    with pytest.raises(ExportError, match="quantization_config is set; valid are weights that aren't quantised"):
        checked(copy)


@pytest.mark.parametrize("component", ["text_encoder", "transformer", "vae"])
def test_a_component_without_weights_is_refused(copy, component):
    for path in (copy / component).glob("*.safetensors"):
        path.rename(path.with_suffix(".bin"))
    with pytest.raises(ExportError, match=f"{component} has no weights; valid are"):
        checked(copy)
    shutil.rmtree(copy / component)
    with pytest.raises(ExportError, match=f"{component}/config.json is missing"):
        checked(copy)


@pytest.mark.parametrize(
    ("alter", "why"),
    [
        (lambda tensors: tensors.pop("blocks.1.attn1.to_q.weight"), "files lack blocks.1.attn1.to_q.weight"),
        (lambda tensors: tensors.update({"vace_blocks.0.weight": torch.ones(1)}), "hasn't: vace_blocks.0.weight"),
        (lambda tensors: tensors.update({"proj_out.bias": torch.ones(3)}), "proj_out.bias|can't be loaded"),
    ],
)
def test_weights_that_are_not_the_models_are_refused(copy, alter, why):
    """What a file lacks would be random numbers, in the bundle and in what it is compared with."""
    tensors = load_file(weights(copy))
    alter(tensors)
    save_file(tensors, weights(copy))
    with pytest.raises(ExportError, match=why):
        denoiser(copy)


def test_what_a_text_encoder_lacks_is_named(copy):
    path = copy / "text_encoder" / "model.safetensors"
    tensors = load_file(path)
    tensors.pop("encoder.block.0.layer.0.SelfAttention.q.weight")
    save_file(tensors, path, {"format": "pt"})
    with pytest.raises(ExportError, match="text_encoder: its files lack .*SelfAttention.q.weight"):
        checked(copy).load("text_encoder", UMT5EncoderModel, torch.float32)


def test_a_decoder_beside_the_text_encoder_is_no_harm(copy):
    path = copy / "text_encoder" / "model.safetensors"
    save_file(load_file(path) | {"decoder.final_layer_norm.weight": torch.ones(8)}, path, {"format": "pt"})
    checked(copy).load("text_encoder", UMT5EncoderModel, torch.float32)


@pytest.mark.parametrize(
    ("alter", "why"),
    [
        (lambda whole: whole[: len(whole) // 2], r"safetensors is cut: it has \d+ bytes; its header says \d+"),
        (lambda whole: whole[:50], "is cut, or not a safetensors file: 50 bytes"),
        (lambda whole: b"", "is cut, or not a safetensors file: 0 bytes"),
        (lambda whole: b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS; valid is the file"),
        (lambda whole: b"<html>not found</html>", "is cut, or not a safetensors file"),
    ],
)
def test_a_file_that_is_cut_is_refused(copy, alter, why):
    weights(copy).write_bytes(alter(weights(copy).read_bytes()))
    with pytest.raises(ExportError, match=why):
        checked(copy)


@pytest.mark.parametrize(
    ("component", "kind", "said"),
    [("transformer", torch.int8, "I8"), ("text_encoder", torch.float8_e4m3fn, "F8_E4M3"), ("vae", torch.uint8, "U8")],
)
def test_weights_that_are_quantised_without_a_word_are_refused(copy, component, kind, said):
    """Loaded as floats they are other numbers, and of a text encoder, scales beside them are passed over."""
    path = next((copy / component).glob("*.safetensors"))
    tensors = {name: tensor.to(kind) if tensor.ndim > 1 else tensor for name, tensor in load_file(path).items()}
    save_file(tensors, path, {"format": "pt"})
    with pytest.raises(ExportError, match=f"weight is {said}; valid are F64, F32, F16, BF16"):
        checked(copy)


def test_what_is_no_index_is_refused(copy):
    index = copy / "transformer" / "diffusion_pytorch_model.safetensors.index.json"
    for text, why in (("{}", "weight_map is NoneType"), ('{"weight_map": [1]}', "weight_map is list; valid is an obj")):
        index.write_text(text)
        with pytest.raises(ExportError, match=why):
            checked(copy)


def test_settings_of_another_kind_are_refused(copy, tmp_path):
    for component, fields, why in (
        ("transformer", {"patch_size": 2}, r"patch_size is 2; valid are \[1, n, n\]"),
        ("vae", {"dim_mult": 4}, "its configuration can't be read: TypeError"),
        ("vae", {"latents_std": [0.0] * 16}, r"latents_std has 0\.0; valid are numbers above 0"),
    ):
        file = copy / component / "config.json"
        before = file.read_text()
        change(file, **fields)
        with pytest.raises(ExportError, match=why):
            export(Checkpoint(copy), Options(tmp_path / "out", "wan"))
        file.write_text(before)


@pytest.mark.parametrize("text", ["{", "[1]", "\x00\xff"])
def test_what_is_no_json_is_refused(copy, text):
    (copy / "transformer" / "config.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ExportError, match="config.json"):
        checked(copy)


def test_adapters_are_looked_at_before_anything_is_loaded(original, tmp_path):
    with pytest.raises(ExportError, match="no such file"):
        checked(original, loras=(Lora(tmp_path / "none.safetensors"),))
    save_file({"transformer_2.proj_out.diff_b": torch.ones(64)}, tmp_path / "a.safetensors")
    with pytest.raises(ExportError, match="model_index.json has no transformer_2"):
        checked(original, loras=(Lora(tmp_path / "a.safetensors", component="transformer_2"),))
    with pytest.raises(ExportError, match="it is for transformer_2"):
        checked(original, loras=(Lora(tmp_path / "a.safetensors"),))


def test_defaults_of_the_classes_count_where_a_configuration_is_silent(copy):
    """Checkpoints of earlier versions of diffusers don't say what came later."""
    for component, fields in {"vae": ("patch_size", "scale_factor_spatial"), "transformer": ("image_dim",)}.items():
        path = copy / component / "config.json"
        said = json.loads(path.read_text())
        path.write_text(json.dumps({name: value for name, value in said.items() if name not in fields}))
    facts = family_of(Checkpoint(copy)).manifest(Checkpoint(copy), Options(copy, "wan"))
    assert facts["latent"]["spatialCompression"] == 8 and facts["limits"]["sizeMultiple"] == 16


@pytest.mark.parametrize(
    ("vae", "transformer", "multiple"),
    [
        ({"dim_mult": [1, 1, 1], "temperal_downsample": [True, True]}, {}, 8),
        ({}, {"patch_size": [1, 3, 3]}, 24),
        ({}, {"patch_size": [1, 1, 1]}, 8),
        ({"patch_size": 2}, {}, 32),
    ],
)
def test_sizes_lie_on_the_grid_of_the_layers(copy, vae, transformer, multiple):
    change(copy / "vae" / "config.json", **vae)
    change(copy / "transformer" / "config.json", **transformer)
    facts = family_of(Checkpoint(copy)).manifest(Checkpoint(copy), Options(copy, "wan"))
    sizes = [facts["defaults"][side] for side in ("width", "height")]
    sizes += [value for name, value in facts["limits"].items() if "Width" in name or "Height" in name]
    assert facts["limits"]["sizeMultiple"] == multiple
    assert all(size % multiple == 0 and size >= multiple for size in sizes)


@pytest.mark.parametrize(
    ("component", "fields", "why"),
    [
        ("transformer", {"patch_size": [2, 2, 2]}, r"patch_size is \[2, 2, 2\]; valid are \[1, n, n\]"),
        ("transformer", {"patch_size": [1, 2, 4]}, r"patch_size is \[1, 2, 4\]; valid are \[1, n, n\]"),
        ("transformer", {"out_channels": 8}, "out_channels is 8; valid is 16"),
        ("transformer", {"added_kv_proj_dim": 6}, "CLIP"),
        ("vae", {"latents_std": [1.0]}, "latents_std has 1 numbers; valid is one for each of z_dim"),
        ("vae", {"dim_mult": [1, 1, 1]}, "for 3 levels, by which encoder and decoder differ"),
        ("vae", {"temperal_downsample": [True, True, True]}, "more than 4; valid are up to 4"),
    ],
)
def test_what_is_not_exported_is_refused(copy, component, fields, why):
    change(copy / component / "config.json", **fields)
    with pytest.raises(ExportError, match=why):
        family_of(Checkpoint(copy)).manifest(Checkpoint(copy), Options(copy, "wan"))


def test_tokens_are_those_of_the_class_that_the_pipeline_loads(copy):
    """Of T5's, transformers takes the vocabulary out of tokenizer.json, and splits and closes texts its own way."""
    file, family = copy / "tokenizer" / "tokenizer.json", family_of(Checkpoint(copy))
    change(file, post_processor=None)
    assert family.tokenizer(Checkpoint(copy)) == file.read_bytes()  # as the class has it that takes all of the file
    change(copy / "tokenizer" / "tokenizer_config.json", tokenizer_class="T5Tokenizer", extra_ids=0)
    made = Tokenizer.from_buffer(family.tokenizer(Checkpoint(copy)))
    own = AutoTokenizer.from_pretrained(copy / "tokenizer")
    for text in ("a red ball", "a  red ball", ""):
        assert made.encode(text).ids == own(text).input_ids != Tokenizer.from_file(str(file)).encode(text).ids


@pytest.mark.parametrize(
    ("component", "fields", "why"),
    [
        ("text_encoder", {"d_model": 16}, r"d_model is 16; valid is 8, the text_dim of transformer/config\.json"),
        ("transformer", {"text_dim": 4096}, "d_model is 8; valid is 4096, the text_dim"),
    ],
)
def test_components_that_do_not_fit_are_refused(copy, tmp_path, component, fields, why):
    """Each would be exported rightly, and every clip fail."""
    change(copy / component / "config.json", **fields)
    with pytest.raises(ExportError, match=why):
        export(Checkpoint(copy), Options(tmp_path / "out", "wan"))
    assert not (tmp_path / "out").exists()


def test_the_command_says_in_a_line_what_is_wrong(copy, tmp_path, capsys):
    def said(*more, out=tmp_path / "out"):
        assert main(["export", "--from", str(copy), "--out", str(out), "--name", "wan", *more]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        return lines[0]

    assert "has a checkpoint; valid is a directory of its own" in said(out=copy)
    (tmp_path / "file").write_text("")
    assert "can't be made" in said(out=tmp_path / "file")
    assert "no such file" in said("--lora", str(tmp_path / "none"))
    shutil.rmtree(copy / "tokenizer")
    assert "tokenizer has no tokenizer.json" in said()
