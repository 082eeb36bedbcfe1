package dev.galatea.encoding;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.encoding.http.MediaFetcher;
import dev.galatea.encoding.media.ClipEnds;
import dev.galatea.encoding.media.FrameRequest;
import dev.galatea.encoding.media.FrameSequence;
import dev.galatea.encoding.media.Frames;
import dev.galatea.encoding.media.MediaReader;
import dev.galatea.encoding.media.MediaRefusedException;
import dev.galatea.encoding.onnx.EncoderModels;
import dev.galatea.encoding.onnx.LatentEncoder;
import dev.galatea.encoding.onnx.PictureEncoder;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Conditioning;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceAccess;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.store.ObjectStore;

/** Makes latents of a job's reference media. Thread-safe; the same media give the same latents on the same machine. */
@ApplicationScoped
class ReferenceEncoder {

    private static final Logger LOG = Logger.getLogger(ReferenceEncoder.class);

    private final ObjectStore objects;
    private final MediaFetcher fetcher;
    private final MediaReader reader;
    private final EncoderModels models;
    private final EncodingConfig.Limits limits;
    private final ReentrantLock computing = new ReentrantLock(true);

    @Inject
    ReferenceEncoder(
            ObjectStore objects,
            MediaFetcher fetcher,
            MediaReader reader,
            EncoderModels models,
            EncodingConfig config) {
        this.objects = objects;
        this.fetcher = fetcher;
        this.reader = reader;
        this.models = models;
        this.limits = config.limits();
    }

    /**
     * Encodes.
     *
     * @param directory for the media, removed by the caller
     */
    ReferenceLatents encode(JobSpec spec, Bundle bundle, Path directory) throws StageException, InterruptedException {
        ReferenceMedia reference = spec.reference();
        if (reference == null) {
            throw new PoisonException("reference_missing", "spec.reference: is missing; valid is one");
        }
        boolean concatenate = bundle.manifest().conditioning() == Conditioning.CONCATENATE;
        try (EncoderModels.Lease model = models.acquire(bundle)) {
            Work work = new Work(spec, bundle.manifest().latent(), model, reference, directory);
            return encode(work, concatenate);
        }
    }

    private static ReferenceLatents encode(Work work, boolean concatenate) throws StageException, InterruptedException {
        ReferenceMedia reference = work.reference;
        return switch (reference.role()) {
            case FIRST_FRAME, LAST_FRAME -> concatenate ? work.picturesAmidNothing() : work.picturesInPlace();
            case VIDEO -> new ReferenceLatents(work.video(reference.source()), null);
            case EXTENSION -> work.continued(reference.source());
        };
    }

    /**
     * The kind of a still in the place of the first latent frame: where that stands for one frame, it is that frame
     * exactly, and the sampler takes care that the clip has it; else it is a picture of what the latent frame holds.
     */
    static int beginning(BundleManifest.Latent latent) {
        return latent.causalFirstFrame() ? PromptConditioned.EXACT : PromptConditioned.STILL;
    }

    /** Adds tensors of which each is zero where the other one is not. */
    private static Tensor sum(Tensor a, Tensor b) {
        float[] values = a.floats();
        float[] others = b.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] += others[i];
        }
        return Tensor.f32(a.shape(), values);
    }

    /** A run of the model. */
    @FunctionalInterface
    private interface Run {

        Tensor run() throws StageException;
    }

    /** Jobs fetch and read media beside each other, but the model takes all processors. */
    private Tensor oneAtATime(Run run) throws StageException, InterruptedException {
        computing.lockInterruptibly();
        try {
            return run.run();
        } finally {
            computing.unlock();
        }
    }

    /** The use of media, once they are on disk. */
    @FunctionalInterface
    private interface Reading<T> {

        T of(Path file) throws MediaRefusedException, StageException, InterruptedException;
    }

    /** The encoding of one job's media. */
    private final class Work {

        private final JobSpec spec;
        private final BundleManifest.Latent latent;
        private final LatentEncoder encoder;
        private final @Nullable PictureEncoder pictureEncoder;
        private final ReferenceMedia reference;
        private final Path directory;
        private final long[] shape;
        /** The event's fields of the media to start from and to end with, for messages. */
        private final String field;

        private final String endField;

        Work(
                JobSpec spec,
                BundleManifest.Latent latent,
                EncoderModels.Lease models,
                ReferenceMedia reference,
                Path directory) {
            this.spec = spec;
            this.latent = latent;
            this.encoder = models.encoder();
            this.pictureEncoder = models.pictureEncoder();
            this.reference = reference;
            this.directory = directory;
            this.field = reference.url() == null ? "reference.object" : "reference.url";
            this.endField = reference.lastFrameUrl() == null ? "reference.lastFrame" : "reference.lastFrameUrl";
            this.shape = latent.shape(spec.frames(), spec.denoisedHeight(), spec.denoisedWidth());
        }

        List<Integer> unknown() {
            return new ArrayList<>(Collections.nCopies((int) shape[1], PromptConditioned.UNKNOWN));
        }

        /** The kind of each latent frame of a clip that begins or ends with pictures. */
        private List<Integer> stills() {
            List<Integer> mask = unknown();
            if (first() != null) {
                mask.set(0, PromptConditioned.STILL);
            }
            if (last() != null) {
                mask.set(mask.size() - 1, PromptConditioned.STILL);
            }
            return mask;
        }

        /** The picture that the clip begins with. */
        private @Nullable MediaSource first() {
            return reference.role() == ReferenceMedia.Role.LAST_FRAME ? null : reference.source();
        }

        /** The picture that the clip ends with. */
        private @Nullable MediaSource last() {
            return reference.role() == ReferenceMedia.Role.LAST_FRAME ? reference.source() : reference.end();
        }

        private String lastField() {
            return reference.role() == ReferenceMedia.Role.LAST_FRAME ? field : endField;
        }

        /** Pictures each as latents of their own, with zeros for all other latent frames. */
        ReferenceLatents picturesInPlace() throws StageException, InterruptedException {
            MediaSource first = first();
            MediaSource last = last();
            int end = (int) shape[1] - 1;
            Frames beginning = first == null ? null : still(first, field);
            Tensor known = beginning == null ? null : placed(encoded(beginning, beginning.frames()), 0);
            if (last != null) {
                Frames ending = still(last, lastField());
                Tensor placed = placed(encoded(ending, ending.frames()), end);
                known = known == null ? placed : sum(known, placed);
            }
            List<Integer> mask = stills();
            if (first != null) {
                mask.set(0, beginning(latent));
            }
            return new ReferenceLatents(Objects.requireNonNull(known), mask, null, embeddings(beginning));
        }

        /** Pictures as the ends of one clip whose other frames are zeros. */
        ReferenceLatents picturesAmidNothing() throws StageException, InterruptedException {
            MediaSource first = first();
            MediaSource last = last();
            FrameRequest one = request(false, 1);
            Frames beginning = first == null ? null : read(field, first, file -> reader.read(file, one));
            Frames ending = last == null ? null : read(lastField(), last, file -> reader.read(file, one));
            ClipEnds clip = new ClipEnds(spec.frames(), spec.denoisedHeight(), spec.denoisedWidth(), beginning, ending);
            Tensor latents = encoded(clip, spec.frames());
            return new ReferenceLatents(latents, stills(), null, embeddings(beginning));
        }

        /** A picture, repeated for one latent frame. */
        Frames still(MediaSource picture, String called) throws StageException, InterruptedException {
            FrameRequest request = request(false, latent.causalFirstFrame() ? 1 : latent.temporalCompression());
            return read(called, picture, file -> reader.read(file, request));
        }

        /** What the denoiser is told, beside latents, of the picture that frames begin with; null if nothing. */
        private @Nullable Tensor embeddings(@Nullable Frames frames) throws StageException, InterruptedException {
            PictureEncoder pictures = pictureEncoder;
            return pictures == null || frames == null ? null : oneAtATime(() -> pictures.encode(frames));
        }

        Tensor video(MediaSource video) throws StageException, InterruptedException {
            FrameRequest request = request(true, spec.frames());
            return encoded(read(field, video, file -> reader.read(file, request)), spec.frames());
        }

        /** The last frames of a video as the first ones of what is made, and all of its frames. */
        ReferenceLatents continued(MediaSource video) throws StageException, InterruptedException {
            int shared = latent.sharedFrames();
            int told = latent.toldFrames();
            int frameBytes = 3 * spec.width() * spec.height();
            int most = (int) Math.min(limits.maxFrames(), limits.maxSourceBytes() / frameBytes);
            Path source = directory.resolve("source.rgb");
            FrameRequest whole = request(true, most, spec.width(), spec.height());
            int frames = read(field, video, file -> reader.readAll(file, whole, source));
            if (frames < shared) {
                throw new PoisonException(
                        "media_too_short",
                        field + ": has " + frames + " frames at " + spec.fps() + " per second; valid are at least "
                                + shared);
            }
            Tensor end = encoded(tail(source, shared, told, frameBytes), told);
            List<Integer> mask = unknown();
            Collections.fill(mask.subList(0, latent.latentFrames(told)), PromptConditioned.EXACT);
            return new ReferenceLatents(placed(end, 0), mask, source);
        }

        /** The frames from {@code back} before the end on. */
        private Frames tail(Path source, int back, int frames, int frameBytes) throws StageException {
            byte[] rgb = new byte[frames * frameBytes];
            try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "r")) {
                file.seek(file.length() - (long) back * frameBytes);
                file.readFully(rgb);
            } catch (IOException e) {
                throw new RetryableException("disk_failed", source + " can't be read: " + e.getMessage(), e);
            }
            return Frames.ofRgb(rgb, frames, spec.height(), spec.width()).shrunk(spec.scaleOrOne());
        }

        /** Frames of the size that the encoder sees. */
        private FrameRequest request(boolean video, int frames) {
            return request(video, frames, spec.denoisedWidth(), spec.denoisedHeight());
        }

        private FrameRequest request(boolean video, int frames, int width, int height) {
            boolean pad = reference.fitOrDefault() == ReferenceMedia.Fit.PAD;
            int background = reference.backgroundOrWhite();
            return new FrameRequest(video, frames, spec.fps(), width, height, pad, background);
        }

        private Tensor encoded(FrameSequence pictures, int frames) throws StageException, InterruptedException {
            Tensor latents = oneAtATime(() -> encoder.encode(pictures));
            long[] expected = {shape[0], latent.latentFrames(frames), shape[2], shape[3]};
            if (!Arrays.equals(latents.shape(), expected)) {
                throw new PoisonException(
                        "model_output",
                        "encoder: gave " + Arrays.toString(latents.shape()) + "; valid is "
                                + Arrays.toString(expected));
            }
            return latents;
        }

        private <T> T read(String called, MediaSource media, Reading<T> reading)
                throws StageException, InterruptedException {
            Path file = directory.resolve(called);
            if (media.url() != null) {
                fetcher.fetch(called, media.url(), file);
            } else {
                download(called, Objects.requireNonNull(media.object()), file);
            }
            try {
                return reading.of(file);
            } catch (MediaRefusedException e) {
                throw new PoisonException(e.code(), called + ": " + e.getMessage(), e);
            }
        }

        private void download(String called, ObjectRef media, Path file) throws StageException {
            if (media.bytes() > limits.maxBytes()) {
                throw new PoisonException(
                        "media_too_large",
                        called + ": has " + media.bytes() + " bytes; valid are up to " + limits.maxBytes());
            }
            try {
                objects.download(media, file);
            } catch (PoisonException e) {
                // The reason tells what lies in the store, and whoever sent the prompt reads the failure.
                LOG.warnf("reference not available field=%s code=%s reason=%s", called, e.code(), e.getMessage());
                throw new PoisonException(ReferenceAccess.CODE, called + ": " + ReferenceAccess.PROBLEM);
            }
        }

        /** Returns a clip's latents, f32 [C, T, H, W], with these latent frames from one on and zeros elsewhere. */
        Tensor placed(Tensor frames, int at) {
            int area = Math.toIntExact(shape[2] * shape[3]);
            int length = (int) shape[1];
            int part = Math.toIntExact(frames.shape()[1]) * area;
            float[] some = frames.floats();
            float[] all = new float[Math.toIntExact(shape[0]) * length * area];
            for (int c = 0; c < shape[0]; c++) {
                System.arraycopy(some, c * part, all, (c * length + at) * area, part);
            }
            return Tensor.f32(shape, all);
        }
    }
}
