package dev.galatea.jobtracking.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Gives the properties that follow from the pipeline: each stage's deadline. Since deadlines have a value, environment
 * variables can set them, too: {@code _} is a dot or a dash, as in a known name.
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
