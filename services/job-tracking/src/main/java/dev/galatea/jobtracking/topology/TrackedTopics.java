package dev.galatea.jobtracking.topology;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Pool;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * The topics that job-tracking reads and writes: those of its event types, and for stages with pools those of each
 * pool. Immutable.
 */
final class TrackedTopics {

    static final List<EventType> INPUT_TYPES = Stream.concat(
                    Stream.of(EventType.PROMPT_SUBMITTED, EventType.COMMAND, EventType.PROGRESS),
                    Pipeline.current().eventTypes().stream().filter(type -> type != EventType.JOB_ACCEPTED))
            .toList();

    private static final List<EventType> OUTPUT_TYPES =
            List.of(EventType.JOB_ACCEPTED, EventType.JOB_STATE, EventType.VIDEO_FINISHED);

    /** Written when a stage is tried again, or is to stop. */
    private static final List<EventType> REPEATED_TYPES = Stream.concat(
                    Pipeline.current().stages().stream()
                            .map(StageDefinition::input)
                            .filter(type -> type != EventType.JOB_ACCEPTED),
                    Stream.of(EventType.COMMAND))
            .toList();

    private final Map<String, EventType> inputs = new LinkedHashMap<>();
    private final List<String> outputs;
    private final Set<String> sinks = new LinkedHashSet<>();

    /** @param pools all pools of the deployment, the default one too */
    TrackedTopics(Collection<Pool> pools) {
        for (EventType type : INPUT_TYPES) {
            Pipeline.current().topicsOf(type, pools).forEach(topic -> inputs.put(topic, type));
        }
        outputs = topics(OUTPUT_TYPES, pools);
        sinks.addAll(outputs);
        sinks.addAll(topics(REPEATED_TYPES, pools));
        sinks.add(EventType.DEAD_LETTER_TOPIC);
    }

    private static List<String> topics(List<EventType> types, Collection<Pool> pools) {
        return types.stream()
                .flatMap(type -> Pipeline.current().topicsOf(type, pools).stream())
                .toList();
    }

    /** The topics that are read. */
    List<String> inputs() {
        return List.copyOf(inputs.keySet());
    }

    /** The type of the events on a topic that is read. */
    EventType typeOf(String input) {
        return Objects.requireNonNull(inputs.get(input), input);
    }

    /** The topics of what is said of each job. */
    List<String> outputs() {
        return outputs;
    }

    /** All topics that are written, each once. */
    Set<String> sinks() {
        return sinks;
    }

    /** All topics that are read or written, but for changelogs. */
    Set<String> all() {
        Set<String> all = new LinkedHashSet<>(inputs.keySet());
        all.addAll(sinks);
        return all;
    }

    /** Says whether a topic can be written; not if it belongs to a pool that is no longer in the configuration. */
    boolean canWrite(String topic) {
        return sinks.contains(topic);
    }
}
