package dev.galatea.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the channels of all services against the AsyncAPI document and the pipeline. */
class ChannelsTest {

    private static final String CONFIGURATION = "META-INF/microprofile-config.properties";
    private static final Pattern CHANNEL = Pattern.compile("mp\\.messaging\\.(incoming|outgoing)\\.([^.]+)\\.(.+)");

    @Test
    void shouldUseOnlyTopics_whichTheDocumentDescribes() throws IOException {
        Set<String> documented = documentedTopics();

        for (Map.Entry<String, Properties> channel : channels().entrySet()) {
            assertThat(channel.getValue().getProperty("topic"))
                    .as("topic of channel %s", channel.getKey())
                    .isIn(documented);
        }
    }

    @Test
    void shouldFeedEachStageAsThePipelineDefinesIt() throws IOException {
        Map<String, Properties> channels = channels();
        for (StageDefinition stage : Pipeline.VIDEO.stages()) {
            assertThat(channels.entrySet())
                    .filteredOn(channel -> channel.getKey().startsWith("incoming")
                            && stage.input().topic().equals(channel.getValue().getProperty("topic")))
                    .as("incoming channels of %s", stage)
                    .singleElement()
                    .satisfies(channel -> {
                        Properties attributes = channel.getValue();
                        assertThat(attributes)
                                .containsEntry("connector", "galatea-work-queue")
                                .containsEntry("group.id", stage.group())
                                .containsEntry("metric-tags", "stage=" + stage.metricsLabel());
                        // Else as galatea.queue.mode says.
                        assertThat(attributes.getProperty("mode")).isEqualTo(stage.isQueued() ? null : "classic");
                    });
        }
    }

    @Test
    void shouldGiveWhatThePipelineDefines_andNothingElse() throws IOException {
        Set<String> given = new TreeSet<>();
        for (Map.Entry<String, Properties> channel : channels().entrySet()) {
            if (channel.getKey().startsWith("outgoing")) {
                given.add(channel.getValue().getProperty("topic"));
            }
        }
        Set<String> outputs = new TreeSet<>();
        Pipeline.VIDEO.stages().forEach(stage -> outputs.add(stage.output().topic()));
        assertThat(given).isEqualTo(outputs);
    }

    private static Set<String> documentedTopics() throws IOException {
        Path document = Path.of(System.getProperty("repository.root")).resolve("deploy/asyncapi.yaml");
        JsonNode channels = new YAMLMapper().readTree(document.toFile()).path("channels");
        Set<String> topics = new TreeSet<>();
        channels.forEach(channel -> topics.add(channel.path("address").asText()));
        assertThat(topics).isNotEmpty();
        return topics;
    }

    private static Map<String, Properties> channels() throws IOException {
        Map<String, Properties> channels = new TreeMap<>();
        for (URL url : Collections.list(ChannelsTest.class.getClassLoader().getResources(CONFIGURATION))) {
            Properties properties = new Properties();
            try (InputStream in = url.openStream()) {
                properties.load(in);
            }
            for (String key : properties.stringPropertyNames()) {
                Matcher matcher = CHANNEL.matcher(key);
                if (matcher.matches()) {
                    channels.computeIfAbsent(matcher.group(1) + " " + matcher.group(2), name -> new Properties())
                            .setProperty(matcher.group(3), properties.getProperty(key));
                }
            }
        }
        assertThat(channels).isNotEmpty();
        return channels;
    }
}
