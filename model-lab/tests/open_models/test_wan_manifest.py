"""What the manifest says of a Wan checkpoint, and what `verify` says of its bundle."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

from diffusers import DPMSolverMultistepScheduler, FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler

from model_lab.open_models import manifest
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.families import family_of
from model_lab.open_models.options import Options
from model_lab.open_models.verify import verify

BUNDLES = Path(__file__).parents[3] / "libs/test-support/src/main/resources/open-models"
UNIPC = ("UniPCMultistepScheduler", {"flow_shift": 3.0, "num_train_timesteps": 1000})


def checkpoint(directory, scheduler=UNIPC, channels=16, space=8, pipeline="WanPipeline", image=None, **index):
    """The configuration of a checkpoint, without weights."""
    parts = {
        "transformer": {
            "in_channels": channels,
            "patch_size": [1, 2, 2],
            "text_dim": 4096,
            "num_layers": 30,
            "num_attention_heads": 12,
            "attention_head_dim": 128,
            "image_dim": image,
        },
        "vae": {
            "z_dim": 48 if space == 16 else 16,
            "scale_factor_spatial": space,
            "scale_factor_temporal": 4,
            "latents_mean": [0.0] * (48 if space == 16 else 16),
            "latents_std": [1.0] * (48 if space == 16 else 16),
        },
    }
    for name, config in parts.items():
        (directory / name).mkdir()
        (directory / name / "config.json").write_text(json.dumps(config))
    (directory / "scheduler").mkdir()
    (directory / "scheduler/scheduler_config.json").write_text(json.dumps(scheduler[1]))
    said = {"_class_name": pipeline, "scheduler": ["diffusers", scheduler[0]], "transformer_2": [None, None]}
    (directory / "model_index.json").write_text(json.dumps(said | index))
    return Checkpoint(directory)


def facts(found):
    return family_of(found).manifest(found, Options(found.directory, "wan"))


def test_text_to_video(tmp_path):
    said = facts(checkpoint(tmp_path))
    assert said["scheduler"] == {"name": "unipc-flow", "shift": 3.0, "trainTimesteps": 1000}
    assert [other["name"] for other in said["otherSchedulers"]] == ["flow-match-euler"]
    assert said["references"] == ["video"] and said["fps"] == 16 and "experts" not in said
    assert (said["defaults"]["width"], said["defaults"]["height"]) == (832, 480)
    assert said["text"]["contextPadding"] == {"to": 512, "masked": False} and said["text"]["cleaning"] == "wan"
    for size in (said["defaults"]["width"], said["defaults"]["height"], said["limits"]["maxWidth"]):
        assert size % said["limits"]["sizeMultiple"] == 0


def test_scheduler_is_the_checkpoints_own(tmp_path):
    euler = ("FlowMatchEulerDiscreteScheduler", {"shift": 5.0, "num_train_timesteps": 1000})
    said = facts(checkpoint(tmp_path, euler))
    own = FlowMatchEulerDiscreteScheduler(shift=5.0)
    last = pytest.approx(own.sigma_min, rel=1e-6)
    assert said["scheduler"] == {"name": "flow-match-euler", "shift": 5.0, "trainTimesteps": 1000, "lastSigma": last}
    assert [other["name"] for other in said["otherSchedulers"]] == ["unipc-flow"]
    assert (said["defaults"]["width"], said["defaults"]["height"]) == (1280, 720)


def test_dpm_solver_is_followed(tmp_path):
    said = facts(checkpoint(tmp_path, ("DPMSolverMultistepScheduler", {"flow_shift": 5.0, "use_flow_sigmas": True})))
    assert said["scheduler"] == {"name": "dpm-solver++-2m-flow", "shift": 5.0, "trainTimesteps": 1000}
    assert [other["name"] for other in said["otherSchedulers"]] == ["unipc-flow", "flow-match-euler"]


@pytest.mark.parametrize("kind", ["UniPCMultistepScheduler", "DPMSolverMultistepScheduler"])
@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("use_dynamic_shifting", True, "False"),
        ("shift_terminal", 0.1, "None"),
        ("use_karras_sigmas", True, "False"),
        ("use_flow_sigmas", False, "True"),
        ("prediction_type", "epsilon", "flow_prediction"),
        ("solver_order", 3, "2"),
        ("final_sigmas_type", "sigma_min", "zero"),
        ("lower_order_final", False, "True"),
        ("thresholding", True, "False"),
        ("solver_type", "bh1", "bh2|midpoint"),
    ],
)
def test_what_the_services_solvers_do_not_do_is_refused(tmp_path, kind, name, value, valid):
    with pytest.raises(ExportError, match=f"{name} is {value}; valid is ({valid})"):
        facts(checkpoint(tmp_path, (kind, {"flow_shift": 3.0, name: value})))


def test_settings_that_diffusers_writes_are_followed(tmp_path):
    """All of them, as a scheduler saves them."""
    for i, scheduler in enumerate(
        (
            UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
            DPMSolverMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
            FlowMatchEulerDiscreteScheduler(shift=3.0),
        )
    ):
        (tmp_path / str(i)).mkdir()
        config = json.loads(scheduler.to_json_string())
        assert facts(checkpoint(tmp_path / str(i), (type(scheduler).__name__, config)))["scheduler"]["shift"] == 3.0


def test_clips_are_not_larger_than_the_rotary_angles_reach(tmp_path):
    found = checkpoint(tmp_path)
    path = tmp_path / "transformer/config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"rope_max_seq_len": 32}))
    said = facts(found)
    assert (said["limits"]["maxWidth"], said["limits"]["maxHeight"], said["limits"]["maxFrames"]) == (512, 512, 125)
    assert (said["defaults"]["width"], said["defaults"]["height"], said["defaults"]["frames"]) == (512, 480, 81)


def test_first_frame_to_video(tmp_path):
    said = facts(checkpoint(tmp_path, channels=48, space=16, expand_timesteps=True))
    assert said["references"] == ["first_frame", "video"] and said["fps"] == 24
    assert said["latent"]["spatialCompression"] == 16 and said["limits"]["sizeMultiple"] == 32


def test_two_experts(tmp_path):
    said = facts(checkpoint(tmp_path, transformer_2=["diffusers", "WanTransformer3DModel"], boundary_ratio=0.875))
    assert said["experts"] == {"boundary": 0.875, "lowNoiseGuidance": 3.0}


def test_picture_as_channels(tmp_path):
    two = {"transformer_2": ["diffusers", "WanTransformer3DModel"], "boundary_ratio": 0.9}
    said = facts(checkpoint(tmp_path, channels=36, pipeline="WanImageToVideoPipeline", **two))
    assert said["references"] == ["first_frame"] and said["conditioning"] == "concatenate"
    assert said["experts"] == {"boundary": 0.9, "lowNoiseGuidance": 3.5} and said["latent"]["channels"] == 16
    assert said["referenceRequired"]


def looking(directory, image=1280, added=1536, encoder=1280, **more):
    """The configuration of a checkpoint that looks at a picture, and of the encoder that it has for that."""
    said = {"channels": 36, "pipeline": "WanImageToVideoPipeline", "image_encoder": ["transformers", "CLIPVisionModel"]}
    said["image_processor"] = ["transformers", "CLIPImageProcessor"]
    found = checkpoint(directory, **said | more)
    denoiser = directory / "transformer/config.json"
    config = json.loads(denoiser.read_text()) | {"image_dim": image, "added_kv_proj_dim": added}
    denoiser.write_text(json.dumps(config | more.get("denoiser", {})))
    heads = {"num_attention_heads": 16}
    for name, file, own in (
        ("image_encoder", "config.json", {"hidden_size": encoder, "image_size": 224, "patch_size": 14} | heads),
        ("image_processor", "preprocessor_config.json", {}),
    ):
        (directory / name).mkdir()
        (directory / name / file).write_text(json.dumps(own))
    return found


def test_picture_that_is_looked_at(tmp_path):
    said = facts(looking(tmp_path))
    assert said["imageEmbeddings"] == {"tokens": 257, "dim": 1280} and said["referenceRequired"]
    assert said["references"] == ["first_frame"] and said["conditioning"] == "concatenate" and "experts" not in said
    assert (said["defaults"]["width"], said["defaults"]["height"], said["defaults"]["guidance"]) == (832, 480, 5.0)


def test_picture_is_prepared_as_diffusers_converter_leaves_it(tmp_path):
    """It keeps CLIP's projection, and the tokenizer that CLIP's processor has beside that of pictures."""
    kinds = {"image_encoder": "CLIPVisionModelWithProjection", "image_processor": "CLIPProcessor"}
    found = looking(tmp_path, **{name: ["transformers", kind] for name, kind in kinds.items()})
    assert facts(found)["imageEmbeddings"] == {"tokens": 257, "dim": 1280}
    old, new = (tmp_path / "image_processor" / name for name in ("preprocessor_config.json", "processor_config.json"))
    old.unlink()
    with pytest.raises(ExportError, match=r"preprocessor_config\.json is missing"):
        facts(found)
    new.write_text(json.dumps({"image_processor": {"crop_size": {"height": 196, "width": 196}}}))
    with pytest.raises(ExportError, match=r"processor_config\.json: crop_size is \[196, 196\]; valid is \[224, 224\]"):
        facts(found)
    new.write_text(json.dumps({"image_processor": {}}))
    assert facts(found)["imageEmbeddings"] == {"tokens": 257, "dim": 1280}


def test_encoder_of_pictures_is_needed_by_models_that_look(tmp_path):
    for name in ("looks", "not"):
        (tmp_path / name).mkdir()
    looks, not_ = looking(tmp_path / "looks"), checkpoint(tmp_path / "not", channels=36)
    assert "image_encoder" in family_of(looks).needed(looks)
    assert "image_encoder" not in family_of(not_).needed(not_)
    assert "imageEmbeddings" not in facts(not_)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"added": None}, "image_dim 1280, added_kv_proj_dim None; valid are"),
        ({"image": None}, "image_dim None, added_kv_proj_dim 1536; valid are"),
        ({"added": 1280}, "added_kv_proj_dim 1280; valid are"),
        ({"channels": 16}, "in_channels is 16, image_dim 1280"),
        ({"encoder": 1024}, "hidden_size is 1024; valid is 1280"),
        ({"encoder": 1000}, "image_encoder/config.json can't be read: .*"),
        ({"image_encoder": [None, None]}, "image_encoder is none; valid is CLIPVisionModel"),
        (
            {"image_processor": ["transformers", "ViTImageProcessor"]},
            "is ViTImageProcessor; valid is CLIPImageProcessor",
        ),
        ({"denoiser": {"pos_embed_seq_len": 514}}, "pos_embed_seq_len is 514; valid is none: .*FLF2V"),
    ],
)
def test_picture_that_can_not_be_looked_at_is_refused(tmp_path, given, why):
    with pytest.raises(ExportError, match=why):
        facts(looking(tmp_path, **given))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"channels": 20, "pipeline": "WanImageToVideoPipeline"}, "in_channels is 20.*valid are in_channels 16, or 36"),
        ({"image": 1280}, "image_dim 1280"),
        ({"transformer_2": ["diffusers", "WanTransformer3DModel"]}, "boundary_ratio is missing"),
        (
            {"transformer_2": ["diffusers", "WanTransformer3DModel"], "boundary_ratio": 1.5},
            "boundary_ratio is 1.5; valid are numbers between 0 and 1",
        ),
        (
            {"transformer_2": ["diffusers", "WanTransformer3DModel"], "boundary_ratio": "0.9"},
            "boundary_ratio is '0.9'; valid are numbers between 0 and 1",
        ),
        ({"scheduler": ("DDIMScheduler", {})}, "scheduler is DDIMScheduler; valid are"),
        (
            {"scheduler": ("FlowMatchEulerDiscreteScheduler", {"use_dynamic_shifting": True})},
            "use_dynamic_shifting is True; valid is False",
        ),
        ({"pipeline": "WanVACEPipeline"}, "'WanVACEPipeline'; valid are .*WanPipeline"),
    ],
)
def test_what_is_not_exported_is_refused(tmp_path, given, why):
    with pytest.raises(ExportError, match=why):
        facts(checkpoint(tmp_path, **given))


@pytest.mark.parametrize("name", ["Wan", "wan 2", "-wan", "w" * 65])
def test_name_that_a_manifest_may_not_have_is_refused(name):
    with pytest.raises(ExportError, match="--name"):
        manifest.checked(name)


@pytest.mark.parametrize("name", ["wan21-tiny", "wan22-tiny", "wan22-a14b-tiny", "wan22-i2v-tiny", "wan21-i2v-tiny"])
def test_committed_bundle_is_sound_and_small(name):
    said = []
    assert verify(BUNDLES / name, say=said.append) == 0, said
    entries = json.loads((BUNDLES / name / "bundle.json").read_text())["files"].values()
    assert sum(entry["bytes"] for entry in entries) <= 1_000_000


def test_altered_and_missing_files_are_found(tmp_path):
    bundle, said = tmp_path / "bundle", []
    shutil.copytree(BUNDLES / "wan21-tiny", bundle)
    data = bytearray((bundle / "decoder.onnx").read_bytes())
    data[-1] ^= 1
    (bundle / "decoder.onnx").write_bytes(data)
    (bundle / "tokenizer.json").unlink()
    assert verify(bundle, say=said.append) == 1
    assert any("decoder.onnx has another SHA-256" in line for line in said)
    assert any("tokenizer.json is missing" in line for line in said)


def test_variants_are_checked_as_their_models_are(tmp_path):
    bundle, said = tmp_path / "bundle", []
    shutil.copytree(BUNDLES / "wan21-tiny", bundle)
    manifest = json.loads((bundle / "bundle.json").read_text())
    own = manifest["files"]["denoiser"]
    shutil.copy(bundle / own["path"], bundle / "denoiser.int8.onnx")
    variant = {**own, "path": "denoiser.int8.onnx", "providers": ["cpu"], "precision": "int8"}
    own["variants"] = [variant]
    (bundle / "bundle.json").write_text(json.dumps(manifest))
    assert verify(bundle, say=said.append) == 0, said
    assert "denoiser.variants[0]: opened" in said
    (bundle / "denoiser.int8.onnx").write_bytes(b"another")
    assert verify(bundle, say=said.append) == 1
    assert any("files.denoiser.variants[0]: denoiser.int8.onnx has 7 bytes" in line for line in said)
