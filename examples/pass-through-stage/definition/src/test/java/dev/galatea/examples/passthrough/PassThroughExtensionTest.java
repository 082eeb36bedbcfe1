package dev.galatea.examples.passthrough;

import java.io.IOException;
import java.io.InputStream;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class PassThroughExtensionTest {

    private final Pipeline pipeline = Pipeline.current();

    @Test
    void shouldBeInThePipeline_becauseItIsOnTheClassPath() {
        assertThat(pipeline.stages())
                .extracting(StageDefinition::stage)
                .containsSubsequence(Stage.DENOISING, PassThroughExtension.PASS_THROUGH, Stage.DECODING);
        assertThat(EventType.ofTopic("video.pass-through.requested.v1")).contains(PassThroughExtension.REQUESTED);
    }

    @Test
    void shouldComeBetweenDenoisingAndDecoding() throws Exception {
        LatentsDenoised denoised = denoised();

        PassThroughRequested request = (PassThroughRequested) pipeline.route(Stage.DENOISING, denoised);

        assertThat(request).isEqualTo(PassThroughRequested.of(denoised));
        assertThat(pipeline.giverOf(request)).isEqualTo(Stage.DENOISING);
        assertThat(pipeline.route(PassThroughExtension.PASS_THROUGH, denoised)).isSameAs(denoised);
        assertThat(pipeline.giverOf(denoised)).isEqualTo(PassThroughExtension.PASS_THROUGH);
    }

    @Test
    void shouldWriteEventsAsTheSchemaSays() throws Exception {
        PassThroughRequested request = PassThroughRequested.of(denoised());
        byte[] payload = EventCodec.write(request);

        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(SchemaLocation.of("classpath:" + PassThroughExtension.REQUESTED.schemaResource()))
                        .validate(new String(payload, UTF_8), InputFormat.JSON))
                .isEmpty();
        assertThat(EventCodec.read(PassThroughRequested.class, payload)).isEqualTo(request);
    }

    private static LatentsDenoised denoised() throws Exception {
        String example = "schema/examples/video.latents.denoised.v1/latents.json";
        try (InputStream in = EventType.class.getClassLoader().getResourceAsStream(example)) {
            if (in == null) {
                throw new IOException(example + " is missing");
            }
            return EventCodec.read(LatentsDenoised.class, in.readAllBytes());
        }
    }
}
