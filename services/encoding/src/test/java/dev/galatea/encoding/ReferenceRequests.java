package dev.galatea.encoding;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.BrokerClient;
import dev.galatea.testsupport.ExampleSpecs;

/** What the stage before this one asks for: clips of a bundle's least size and usual length that start from media. */
record ReferenceRequests(BrokerClient broker, ObjectStore objects, Bundle bundle) {

    void send(JobId jobId, ReferenceMedia reference) throws Exception {
        BundleManifest.Limits limits = bundle.manifest().limits();
        JobSpec spec = ExampleSpecs.text(bundle.manifest().name(), bundle.digest())
                .withSettings(settings -> settings.width(limits.minWidth())
                        .height(limits.minHeight())
                        .frames(bundle.manifest().defaults().frames())
                        .fps(bundle.manifest().fps())
                        .reference(reference));
        TensorRef text = new TensorRef(
                objects.bucket(), "embeddings/a", "embeddings", DType.F32, List.of(1L, 384L), 10, bundle.digest());
        broker.send(new CloudEvent(
                EventIds.of(jobId, EventType.ENCODING_REQUESTED),
                "/test",
                Instant.now(),
                new EncodingRequested(jobId, spec, text, text)));
    }

    ObjectRef upload(JobId jobId, Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        return objects.put(ObjectKeys.upload(jobId, Sha256.of(bytes)), "application/octet-stream", bytes);
    }
}
