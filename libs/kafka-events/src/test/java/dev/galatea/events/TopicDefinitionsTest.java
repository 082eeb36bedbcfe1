package dev.galatea.events;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The topics that are provisioned are those of {@code deploy/asyncapi.yaml}, setting by setting. */
class TopicDefinitionsTest {

    private static final int DEFAULT_PARTITIONS = 4;

    @Test
    void shouldProvisionWhatTheDocumentSays() throws IOException {
        Map<String, String> provisioned = new TreeMap<>();
        for (NewTopic topic : TopicDefinitions.all(DEFAULT_PARTITIONS, (short) -1)) {
            provisioned.put(topic.name(), topic.numPartitions() + " " + new TreeMap<>(topic.configs()));
        }
        Map<String, String> documented = new TreeMap<>();
        for (JsonNode channel : document().get("channels")) {
            JsonNode kafka = channel.at("/bindings/kafka");
            Map<String, String> configs = new TreeMap<>();
            kafka.get("topicConfiguration")
                    .properties()
                    .forEach(entry -> configs.put(entry.getKey(), text(entry.getValue())));
            documented.put(
                    channel.get("address").textValue(), kafka.get("partitions").asText() + " " + configs);
        }

        assertThat(provisioned).isEqualTo(documented);
    }

    private static String text(JsonNode value) {
        return value.isArray() ? value.get(0).asText() : value.asText();
    }

    private static JsonNode document() throws IOException {
        return new YAMLMapper().readTree(Path.of("../../deploy/asyncapi.yaml").toFile());
    }
}
