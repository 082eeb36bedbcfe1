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

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the channels of all services against the AsyncAPI document. */
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
    void shouldNameFailurePolicy_onEveryIncomingChannel() throws IOException {
        for (Map.Entry<String, Properties> channel : channels().entrySet()) {
            if (channel.getKey().startsWith("incoming")) {
                assertThat(channel.getValue())
                        .as("channel %s", channel.getKey())
                        .containsKeys("failure-strategy", "isolation.level", "group.id");
            }
        }
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
