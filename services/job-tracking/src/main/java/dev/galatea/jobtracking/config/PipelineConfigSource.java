package dev.galatea.jobtracking.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.EventType;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Gives the properties that follow from the pipeline: the topics that Kafka Streams waits for, and each stage's deadline.
 * Since deadlines have a value, environment variables can set them, too: {@code _} is a dot or a dash, as in a known name.
 */
public final class PipelineConfigSource implements ConfigSource {

    private static final int BELOW_ALL_OTHERS = Integer.MIN_VALUE + 1_000;

    private final Map<String, String> properties = new LinkedHashMap<>();

    public PipelineConfigSource() {
        for (StageDefinition stage : Pipeline.current().stages()) {
            properties.put(StageSilences.PREFIX + stage.stage(), stage.silence().toString());
        }
        properties.put("quarkus.kafka-streams.topics", topics());
    }

    private static String topics() {
        Set<String> topics = new LinkedHashSet<>();
        Stream.of(EventType.PROMPT_SUBMITTED, EventType.COMMAND, EventType.PROGRESS)
                .forEach(type -> topics.add(type.topic()));
        Pipeline.current().eventTypes().forEach(type -> topics.add(type.topic()));
        Stream.of(EventType.JOB_STATE, EventType.VIDEO_FINISHED).forEach(type -> topics.add(type.topic()));
        topics.add(EventType.DEAD_LETTER_TOPIC);
        return String.join(",", topics);
    }

    @Override
    public Set<String> getPropertyNames() {
        return properties.keySet();
    }

    @Override
    public @Nullable String getValue(String propertyName) {
        return properties.get(propertyName);
    }

    @Override
    public String getName() {
        return "galatea-pipeline";
    }

    @Override
    public int getOrdinal() {
        return BELOW_ALL_OTHERS;
    }
}
