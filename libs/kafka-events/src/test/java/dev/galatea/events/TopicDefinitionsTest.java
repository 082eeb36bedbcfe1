package dev.galatea.events;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.Pool;

import static org.assertj.core.api.Assertions.assertThat;

/** The topics that are provisioned are those of {@code deploy/asyncapi.yaml}, setting by setting. */
class TopicDefinitionsTest {

    private static final int DEFAULT_PARTITIONS = 4;

    @Test
    void shouldProvisionWhatTheDocumentSays() throws IOException {
        Map<String, String> provisioned = new TreeMap<>();
        for (NewTopic topic : TopicDefinitions.all(DEFAULT_PARTITIONS, 1, (short) -1, List.of(Pool.DEFAULT))) {
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

    /** Clients of librdkafka pack up to a million bytes into a batch, and give up what is refused. */
    @Test
    void shouldTakeTheBatchesOfEveryClient_asItIsConfiguredAtFirst() {
        for (NewTopic topic : TopicDefinitions.all(DEFAULT_PARTITIONS, 1, (short) -1, List.of(Pool.DEFAULT))) {
            assertThat(Integer.parseInt(topic.configs().get("max.message.bytes")))
                    .as(topic.name())
                    .isGreaterThan(1_000_000 + 10_000);
        }
    }

    @Test
    void shouldGivePoolsTopicsLikeThoseOfTheDefaultPool() {
        List<NewTopic> topics =
                TopicDefinitions.all(DEFAULT_PARTITIONS, 1, (short) -1, List.of(Pool.DEFAULT, new Pool("wan-14b")));
        Map<String, NewTopic> byName = topics.stream().collect(Collectors.toMap(NewTopic::name, topic -> topic));

        assertThat(byName.keySet().stream().filter(name -> name.endsWith(".wan-14b")))
                .containsExactlyInAnyOrder(
                        "video.encoding.requested.v1.wan-14b",
                        "video.prompt.conditioned.v1.wan-14b",
                        "video.latents.denoised.v1.wan-14b");
        assertThat(byName)
                .hasSize(TopicDefinitions.all(DEFAULT_PARTITIONS, 1, (short) -1, List.of(Pool.DEFAULT))
                                .size()
                        + 3);
        NewTopic ours = byName.get("video.prompt.conditioned.v1.wan-14b");
        NewTopic like = byName.get("video.prompt.conditioned.v1");
        assertThat(ours.configs()).isEqualTo(like.configs());
        assertThat(ours.numPartitions()).isEqualTo(like.numPartitions());
    }

    private static String text(JsonNode value) {
        return value.isArray() ? value.get(0).asText() : value.asText();
    }

    private static JsonNode document() throws IOException {
        return new YAMLMapper().readTree(Path.of("../../deploy/asyncapi.yaml").toFile());
    }
}
