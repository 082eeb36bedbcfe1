package dev.galatea.clips;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.clips.video.SpriteGrid;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.Spritesheet;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.BackgroundCall;
import dev.galatea.store.FileDigest;
import dev.galatea.store.ObjectStore;

/** Puts clips into the store, under names that hold their digests. Thread-safe. */
@ApplicationScoped
public class ClipStore {

    private final ObjectStore objects;

    @Inject
    public ClipStore(ObjectStore objects) {
        this.objects = objects;
    }

    /** Stores a job's clip. All uploads have ended when this returns or fails, so that the files can be removed. */
    public Clip put(JobId jobId, ClipFiles clip) throws StageException {
        try (BackgroundCall<ObjectRef> thumbnail = BackgroundCall.start(() -> objects.put(
                        ObjectKeys.thumbnail(jobId, FileDigest.of(clip.thumbnail())), "image/jpeg", clip.thumbnail()));
                BackgroundCall<ObjectRef> spritesheet = BackgroundCall.start(() -> objects.put(
                        ObjectKeys.spritesheet(jobId, FileDigest.of(clip.spritesheet())),
                        "image/jpeg",
                        clip.spritesheet()))) {
            SpriteGrid grid = clip.grid();
            return new Clip(
                    objects.put(ObjectKeys.clip(jobId, FileDigest.of(clip.video())), "video/mp4", clip.video()),
                    thumbnail.join(),
                    new Spritesheet(spritesheet.join(), grid.columns(), grid.rows(), grid.pictures()),
                    clip.width(),
                    clip.height(),
                    clip.frames(),
                    clip.fps());
        }
    }
}
