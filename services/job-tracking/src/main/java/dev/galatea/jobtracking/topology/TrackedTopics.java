package dev.galatea.jobtracking.topology;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Pool;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * The topics that job-tracking reads and writes: those of its event types, for stages with pools those of each pool,
 * and the one in which records of work queues are laid out by job. Immutable.
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

    private final String handovers;
    private final Map<String, EventType> inputs = new LinkedHashMap<>();
    private final Set<String> sinks = new LinkedHashSet<>();

    /**
     * Lists the topics.
     *
     * @param applicationId of job-tracking, which its own topics begin with
     * @param pools all pools of the deployment, the default one too
     */
    TrackedTopics(String applicationId, Collection<Pool> pools) {
        handovers = applicationId + "-queue-events";
        for (EventType type : INPUT_TYPES) {
            Pipeline.current().topicsOf(type, pools).forEach(topic -> inputs.put(topic, type));
        }
        sinks.addAll(topics(OUTPUT_TYPES, pools));
        sinks.addAll(topics(REPEATED_TYPES, pools));
        sinks.add(EventType.DEAD_LETTER_TOPIC);
    }

    private static List<String> topics(List<EventType> types, Collection<Pool> pools) {
        return types.stream()
                .flatMap(type -> Pipeline.current().topicsOf(type, pools).stream())
                .toList();
    }

    /** The topics of event types that are read. */
    List<String> inputs() {
        return List.copyOf(inputs.keySet());
    }

    /** True for a topic of an event type that is read. */
    boolean isInput(String topic) {
        return inputs.containsKey(topic);
    }

    /** Those whose numbers of partitions must be that of the states' changelog. */
    Set<String> joined() {
        Set<String> joined = new LinkedHashSet<>(inputs.keySet());
        joined.removeAll(queues());
        joined.add(handovers);
        return joined;
    }

    /** The work queues among the topics that are read. */
    Set<String> queues() {
        return inputs.keySet().stream().filter(this::isQueue).collect(Collectors.toUnmodifiableSet());
    }

    /** The topic for records of work queues, by job; job-tracking makes it, alone writes it and alone reads it. */
    String handovers() {
        return handovers;
    }

    /** True for the topic of a work queue, whose partitions have nothing to do with the jobs'. */
    boolean isQueue(String input) {
        return Pipeline.current().isQueue(typeOf(input));
    }

    /** The topic to which a record is sent that lies in another partition than its job's. */
    String destinationOf(String input) {
        // The queue itself would have the work done a second time.
        return isQueue(input) ? handovers : input;
    }

    /** The type of the events on a topic that is read. */
    EventType typeOf(String input) {
        return Objects.requireNonNull(inputs.get(input), input);
    }

    /** All topics that are written, each once. */
    Set<String> sinks() {
        return sinks;
    }

    /** All topics that are read or written, but for changelogs. */
    Set<String> all() {
        Set<String> all = new LinkedHashSet<>(inputs.keySet());
        all.addAll(sinks);
        all.add(handovers);
        return all;
    }

    /** Says whether a topic can be written; not if it belongs to a pool that is no longer in the configuration. */
    boolean canWrite(String topic) {
        return sinks.contains(topic);
    }
}
