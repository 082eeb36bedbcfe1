package dev.galatea.jobtracking.config;

import java.util.Map;
import java.util.stream.Collectors;

import io.smallrye.config.PropertiesConfigSource;

import dev.galatea.model.pipeline.Pipeline;

/**
 * Gives the properties that follow from the pipeline: each stage's deadline. Since deadlines have a value, environment
 * variables can set them, too: {@code _} is a dot or a dash, as in a known name.
 */
public final class PipelineConfigSource extends PropertiesConfigSource {

    private static final long serialVersionUID = 1L;
    private static final int BELOW_ALL_OTHERS = Integer.MIN_VALUE + 1_000;

    public PipelineConfigSource() {
        super(properties(), "galatea-pipeline", BELOW_ALL_OTHERS);
    }

    private static Map<String, String> properties() {
        return Pipeline.current().stages().stream()
                .collect(Collectors.toMap(stage -> StageSilences.PREFIX + stage.stage(), stage -> stage.silence()
                        .toString()));
    }
}
