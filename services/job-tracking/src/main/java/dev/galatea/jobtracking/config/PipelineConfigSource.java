package dev.galatea.jobtracking.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Gives the deadline of each stage of the pipeline its default. An environment variable can then set it, too: those can
 * only be told apart ({@code _} is a dot or a dash) for properties that have a value.
 */
public final class PipelineConfigSource implements ConfigSource {

    private static final int BELOW_ALL_OTHERS = Integer.MIN_VALUE + 1_000;

    private final Map<String, String> properties = new LinkedHashMap<>();

    public PipelineConfigSource() {
        for (StageDefinition stage : Pipeline.current().stages()) {
            properties.put(StageSilences.PREFIX + stage.stage(), stage.silence().toString());
        }
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
