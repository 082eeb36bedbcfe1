package dev.galatea.gateway.api;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.Clip;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;

/** The parts of a video that can be downloaded. What they are is known here: events are not asked for a media type. */
enum Variant {
    /** The clip. */
    VIDEO("video/mp4") {
        @Override
        ObjectRef of(JobId jobId, Clip clip) {
            return clip.video();
        }
    },
    /** One picture of it. */
    THUMBNAIL("image/jpeg") {
        @Override
        ObjectRef of(JobId jobId, Clip clip) {
            return clip.thumbnail();
        }
    },
    /** Small pictures of it, in one. */
    SPRITESHEET("image/jpeg") {
        @Override
        ObjectRef of(JobId jobId, Clip clip) {
            if (clip.spritesheet() == null) {
                throw ProblemException.notFound(
                        "no_spritesheet",
                        "variant",
                        "video " + jobId + " was made before there were spritesheets; valid are video, thumbnail");
            }
            return clip.spritesheet().picture();
        }
    };

    private final String mediaType;

    Variant(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The variant of a name in requests; the clip for no name. */
    static Variant named(@Nullable String name) {
        if (name == null) {
            return VIDEO;
        }
        return Arrays.stream(values())
                .filter(variant -> variant.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> ProblemException.badRequest(
                        "invalid_variant",
                        "variant",
                        "'" + BodyFields.shown(name) + "' is not valid; valid are " + String.join(", ", names())));
    }

    /** The names of all variants. */
    static List<String> names() {
        return Arrays.stream(values()).map(Variant::wireName).toList();
    }

    /** Its object. */
    abstract ObjectRef of(JobId jobId, Clip clip);

    String mediaType() {
        return mediaType;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
