package dev.galatea.gateway.api;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.body.Upload;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.tensor.ObjectRef;

/**
 * What a request orders. Nothing is stored yet: the prompts refer to objects that have to be there before they are
 * published.
 *
 * @param prompts at least one; they refer to what is attached
 * @param attachments the media that the request brought along, with the objects that they become
 * @param asked what the request itself says, without what it takes over from another video, which may be gone when the
 *     request is repeated
 */
record VideoOrder(List<PromptSubmitted> prompts, List<Attachment> attachments, List<PromptSubmitted> asked) {

    VideoOrder {
        prompts = List.copyOf(prompts);
        attachments = List.copyOf(attachments);
        asked = List.copyOf(asked);
    }

    /** An order that says all by itself. */
    VideoOrder(List<PromptSubmitted> prompts, List<Attachment> attachments) {
        this(prompts, attachments, prompts);
    }

    /** An order without media, or with such as are in the store. */
    static VideoOrder of(PromptSubmitted prompt) {
        return new VideoOrder(List.of(prompt), List.of());
    }

    /** An order of a video that is made from another one, which is in the store. */
    static VideoOrder of(PromptSubmitted prompt, PromptSubmitted asked) {
        return new VideoOrder(List.of(prompt), List.of(), List.of(asked));
    }

    /** The same order, whose prompts say of which request they are; see {@link IdempotencyKey}. */
    VideoOrder signed(@Nullable String key) {
        return new VideoOrder(IdempotencyKey.sign(key, prompts, asked), attachments, asked);
    }

    /** An upload, and the object that it becomes. */
    record Attachment(ObjectRef object, Upload upload) {

        boolean isSameObject(Attachment other) {
            return object.equals(other.object);
        }
    }
}
