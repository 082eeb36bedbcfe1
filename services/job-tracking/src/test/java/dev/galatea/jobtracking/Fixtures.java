package dev.galatea.jobtracking;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.galatea.jobtracking.admission.Model;
import dev.galatea.jobtracking.admission.ModelCatalogue;
import dev.galatea.jobtracking.admission.PromptReader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Conditioning;
import dev.galatea.model.bundle.Decoding;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.GenerationSettingsBuilder;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.pipeline.BundlePools;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.TensorRef;

/** A model with round numbers, and events of its jobs. */
public final class Fixtures {

    public static final Sha256 DIGEST = Sha256.of(new byte[] {1});

    /** What the largest job of the model below costs: 65 frames of 128x128 in 50 steps. */
    public static final long MAX_PIXEL_STEPS = 65L * 128 * 128 * 50;

    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static final BundleManifest.FileEntry FILE = new BundleManifest.FileEntry("decoder.onnx", null, DIGEST, 1);

    private Fixtures() {}

    /** Sizes 32 to 128 in steps of 16, frames 1 + 4k from 5 to 65, 8 fps, up to 200 characters. */
    public static BundleManifest manifest(String name, String... references) {
        return manifest(name, Map.of("decoder", FILE), false, references);
    }

    /** The same for a model that makes no clip of text alone. */
    public static BundleManifest picturesOnlyManifest(String name) {
        return manifest(name, Map.of("decoder", FILE), true, "first_frame");
    }

    /** The same for a model with an upscaler of scale 5. */
    public static BundleManifest upscalingManifest(String name) {
        return manifest(name, Map.of("decoder", FILE, "upscalerX5", FILE), false);
    }

    /** The same for a model with upscalers of scales 2, 3 and 5, and an interpolator. */
    public static BundleManifest finishingManifest(String name) {
        return manifest(
                name,
                Map.of(
                        "decoder",
                        FILE,
                        "upscalerX2",
                        FILE,
                        "upscalerX3",
                        FILE,
                        "upscalerX5",
                        FILE,
                        "interpolator",
                        FILE),
                false);
    }

    private static BundleManifest manifest(
            String name, Map<String, BundleManifest.FileEntry> files, boolean required, String... references) {
        return new BundleManifest(
                BundleManifest.FORMAT,
                name,
                "1",
                "Apache-2.0",
                "for tests",
                files,
                new BundleManifest.Text(64, 8),
                new BundleManifest.Latent(4, 8, 4, true, 2, List.of(), List.of()),
                BundleManifest.Prediction.FLOW,
                new SchedulerConfig.FlowMatchEuler(1, 1000),
                otherSchedulers(name),
                BundleManifest.GuidanceInterval.ALWAYS,
                0.0,
                null,
                new BundleManifest.Defaults(64, 64, 33, 20, 4, "blurry"),
                8,
                new BundleManifest.Limits(32, 128, 32, 128, 16, 5, 65, 50, 20, 200),
                new Decoding(4, 8, 8, 1, 2, 2),
                List.of(references),
                Conditioning.PLACE,
                null,
                required,
                null,
                null);
    }

    private static List<SchedulerConfig> otherSchedulers(String model) {
        SchedulerConfig dpm = new SchedulerConfig.DpmSolver2mFlow(1, 1000);
        return model.equals("boulder")
                ? List.of(dpm, new SchedulerConfig.FlowMatchRenoise(5, 1000, List.of(1.0, 0.75, 0.5, 0.25)))
                : List.of(dpm);
    }

    public static ModelCatalogue catalogue() {
        return catalogue(BundlePools.NONE);
    }

    public static ModelCatalogue catalogue(BundlePools pools) {
        return new ModelCatalogue(
                List.of(
                        new Model(manifest("pebble"), DIGEST, PromptReader.OF_ALL, pools.of("pebble")),
                        new Model(
                                manifest("boulder", "first_frame", "video", "extension"),
                                DIGEST,
                                PromptReader.OF_ALL,
                                pools.of("boulder"))),
                "pebble");
    }

    public static ObjectRef object(String key) {
        return new ObjectRef("galatea", key, "application/octet-stream", 7, DIGEST);
    }

    /** The clip of some video, which any job may start from. */
    public static ObjectRef clip() {
        return object(ObjectKeys.clip(JobId.random(), DIGEST));
    }

    public static Progress progress(JobId job, Stage stage, int second, ProgressDetail detail) {
        return new Progress(job, stage, NOON.plusSeconds(second), "worker-1", detail);
    }

    public static PromptConditioned conditioned(JobId job, JobSpec spec) {
        return new PromptConditioned(job, spec, tensor("embeddings"), tensor("embeddings"));
    }

    public static EncodingRequested encodingRequested(JobId job, JobSpec spec) {
        return new EncodingRequested(job, spec, tensor("embeddings"), tensor("embeddings"));
    }

    public static PromptConditioned encoded(JobId job, JobSpec spec) {
        return new PromptConditioned(
                job, spec, tensor("embeddings"), tensor("embeddings"), tensor("latents"), List.of(2));
    }

    public static JobSpec withReference(JobSpec spec) {
        ReferenceMedia reference = new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, object("upload"), null);
        return spec.withSettings(settings -> settings.reference(reference));
    }

    public static LatentsDenoised denoised(JobId job, JobSpec spec) {
        return new LatentsDenoised(job, spec, tensor("latents"));
    }

    public static ClipDecoded decoded(JobId job, JobSpec spec) {
        Clip clip = new Clip(
                object(ObjectKeys.clip(job, DIGEST)), object(ObjectKeys.thumbnail(job, DIGEST)), null, 64, 64, 33, 8);
        return new ClipDecoded(job, spec, clip);
    }

    private static TensorRef tensor(String key) {
        return new TensorRef("galatea", key, "x", DType.F32, List.of(1L), 7, DIGEST);
    }

    /** Builds prompts field by field. */
    public static final class Prompts {

        private final JobId id = JobId.random();
        private final GenerationSettingsBuilder settings = GenerationSettings.builder();
        private String prompt = "a red ball";
        private Double seconds;

        public static Prompts prompt() {
            return new Prompts();
        }

        public Prompts text(String value) {
            prompt = value;
            return this;
        }

        public Prompts negative(String value) {
            settings.negativePrompt(value);
            return this;
        }

        public Prompts model(String value) {
            settings.model(value);
            return this;
        }

        public Prompts size(Integer w, Integer h) {
            settings.width(w).height(h);
            return this;
        }

        public Prompts frames(Integer value) {
            settings.frames(value);
            return this;
        }

        public Prompts fps(Integer value) {
            settings.fps(value);
            return this;
        }

        public Prompts seconds(Double value) {
            seconds = value;
            return this;
        }

        public Prompts steps(Integer value) {
            settings.steps(value);
            return this;
        }

        public Prompts guidance(Double value) {
            settings.guidance(value);
            return this;
        }

        public Prompts seed(Long value) {
            settings.seed(value);
            return this;
        }

        public Prompts reference(ReferenceMedia value) {
            settings.reference(value);
            return this;
        }

        public PromptSubmitted build() {
            return PromptSubmitted.of(id, prompt, settings.build()).withSeconds(seconds);
        }
    }
}
