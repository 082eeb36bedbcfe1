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
 */
record VideoOrder(List<PromptSubmitted> prompts, List<Attachment> attachments) {

    VideoOrder {
        prompts = List.copyOf(prompts);
        attachments = List.copyOf(attachments);
    }

    /** An order without media, or with such as are in the store. */
    static VideoOrder of(PromptSubmitted prompt) {
        return new VideoOrder(List.of(prompt), List.of());
    }

    /** The same order, whose prompts say of which request they are; see {@link IdempotencyKey}. */
    VideoOrder signed(@Nullable String key) {
        return new VideoOrder(IdempotencyKey.sign(key, prompts), attachments);
    }

    /** An upload, and the object that it becomes. */
    record Attachment(ObjectRef object, Upload upload) {

        boolean isSameObject(Attachment other) {
            return object.equals(other.object);
        }
    }
}
