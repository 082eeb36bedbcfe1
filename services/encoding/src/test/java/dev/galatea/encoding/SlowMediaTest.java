package dev.galatea.encoding;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import jakarta.inject.Inject;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.encoding.media.TestMedia;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.id.JobId;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.BrokerClient;
import dev.galatea.testsupport.SharedSystemResource;

import static org.assertj.core.api.Assertions.assertThat;

/** Media that hold a slot for as long as they can do not hold up those of others. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class SlowMediaTest {

    @Inject
    ObjectStore objects;

    @Inject
    BundleRepository bundles;

    @TempDir
    Path directory;

    @Test
    void shouldGoOnWithOthers_whileMediaAreSlow() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                asked.countDown();
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/a.png";
        try (BrokerClient broker = new BrokerClient(EventType.PROMPT_CONDITIONED.topic(), EventType.PROGRESS.topic())) {
            ReferenceRequests requests = new ReferenceRequests(broker, objects, bundles.defaultBundle());
            JobId slow = JobId.random();
            requests.send(slow, new ReferenceMedia(Role.FIRST_FRAME, MediaSource.at(address), null, null, null));
            asked.await();
            JobId other = JobId.random();
            Path picture = TestMedia.picture(directory.resolve("a.png"), "color=red:size=160x128");
            requests.send(other, new ReferenceMedia(Role.FIRST_FRAME, requests.upload(other, picture), null));

            broker.await(PromptConditioned.class, other, any -> true);

            assertThat(broker.all(Progress.class, slow))
                    .as("the slow one has not ended")
                    .noneMatch(progress -> progress.detail() instanceof ProgressDetail.Failed
                            || progress.detail() instanceof ProgressDetail.Finished);
        } finally {
            over.countDown();
            server.stop(0);
        }
    }
}
