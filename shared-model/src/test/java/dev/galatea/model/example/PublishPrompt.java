package dev.galatea.model.example;

import java.util.Map;
import java.util.UUID;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Publishes a prompt with nothing but Kafka's own client: {@code PublishPrompt localhost:9092}. */
public final class PublishPrompt {

    private static final String TOPIC = "video.prompt.submitted.v1";

    private PublishPrompt() {}

    public static void main(String[] args) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", args[0], "acks", "all");
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            String jobId = UUID.randomUUID().toString();
            producer.send(prompt(jobId)).get();
            System.out.println(jobId);
        }
    }

    static ProducerRecord<String, String> prompt(String jobId) {
        String payload = """
                {"jobId": "%s", "prompt": "a red ball bounces under a blue sky", "seed": 7}""".formatted(jobId);
        var record = new ProducerRecord<>(TOPIC, jobId, payload);
        record.headers()
                .add("ce_specversion", "1.0".getBytes(UTF_8))
                .add("ce_id", jobId.getBytes(UTF_8))
                .add("ce_source", "/me".getBytes(UTF_8))
                .add("ce_type", ("dev.galatea." + TOPIC).getBytes(UTF_8));
        return record;
    }
}
