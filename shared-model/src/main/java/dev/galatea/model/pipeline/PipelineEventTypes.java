package dev.galatea.model.pipeline;

import java.util.List;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.EventTypeProvider;

/** Brings the event types of the pipeline's stages. */
public final class PipelineEventTypes implements EventTypeProvider {

    @Override
    public List<EventType> eventTypes() {
        return Pipeline.current().eventTypes();
    }
}
