package dev.galatea.webhooks.delivery;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A message that one endpoint has yet to get.
 *
 * @param webhookId the same for every attempt and endpoint, so that receivers can drop what they have seen
 * @param body the same bytes at every attempt, in UTF-8
 * @param endedAt the end of the job
 * @param attempts the number made so far
 */
public record Delivery(
        String endpoint, JobId jobId, String webhookId, String type, String body, Instant endedAt, int attempts) {

    private static final ObjectMapper JSON = EventCodec.mapper();

    /** @param now deliveries of a job that ends in the future, by its event, would be tried until then */
    static Delivery of(VideoFinished finished, String endpoint, Instant now) {
        String id = "evt_"
                + EventIds.of(finished.jobId(), EventType.VIDEO_FINISHED)
                        .toString()
                        .replace("-", "");
        // The dialect's status has no word for what was cancelled, refused or expired: it is "failed" there, too.
        String type = finished.status() == JobStatus.COMPLETED ? "video.completed" : "video.failed";
        Instant endedAt = finished.finishedAt().isAfter(now) ? now : finished.finishedAt();
        return new Delivery(endpoint, finished.jobId(), id, type, body(id, type, finished), endedAt, 0);
    }

    private static String body(String id, String type, VideoFinished finished) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id);
        body.put("object", "event");
        body.put("created_at", finished.finishedAt().getEpochSecond());
        body.put("type", type);
        body.put("data", Map.of("id", finished.jobId().toString()));
        return new String(write(body), UTF_8);
    }

    Delivery afterAttempt() {
        return new Delivery(endpoint, jobId, webhookId, type, body, endedAt, attempts + 1);
    }

    byte[] toBytes() {
        return write(this);
    }

    static Delivery fromBytes(byte[] bytes) {
        try {
            return JSON.readValue(bytes, Delivery.class);
        } catch (IOException e) {
            throw new IllegalStateException("a stored delivery can't be read", e);
        }
    }

    private static byte[] write(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a delivery can't be written as JSON", e);
        }
    }
}
