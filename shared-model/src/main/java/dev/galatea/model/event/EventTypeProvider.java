package dev.galatea.model.event;

import java.util.List;

/**
 * Brings event types beyond the built-in ones; found by {@link java.util.ServiceLoader}. There is one implementation,
 * which takes them from the pipeline's stages: stages register with the pipeline and not here.
 */
public interface EventTypeProvider {

    /** All types that the provider knows; built-in ones among them are not counted twice. */
    List<EventType> eventTypes();
}
