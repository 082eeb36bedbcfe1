package dev.galatea.webhooks;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.webhooks.config.WebhooksConfig;
import dev.galatea.worker.WorkerConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The service's life without a broker. */
class WebhooksServiceTest {

    @TempDir
    Path directory;

    @Test
    void shouldDoNothingAndBeHealthy_whenNoEndpointIsConfigured() {
        WebhooksService service = service(Settings.of());

        service.start(new StartupEvent());

        assertThat(service.isRunning()).isTrue();
        assertThat(service.isAlive()).isTrue();
        assertThat(service.log().latest(attempt -> true, 10)).isEmpty();
        service.stop(new ShutdownEvent());
    }

    @Test
    void shouldBeAliveButNotReady_whileTheBrokerIsAway() {
        WebhooksService service = service(Settings.of(
                "endpoints.studio.url", "https://studio.example/hooks", "endpoints.studio.secrets", Settings.SECRET));
        try {
            assertThat(service.isRunning()).isFalse();
            assertThat(service.isAlive()).isTrue();

            service.start(new StartupEvent());

            assertThat(service.isRunning()).isFalse();
            assertThat(service.isAlive()).isTrue();
        } finally {
            service.stop(new ShutdownEvent());
        }
        // An orderly stop is no fault that a restart would mend.
        assertThat(service.isRunning()).isFalse();
        assertThat(service.isAlive()).isTrue();
    }

    @Test
    void shouldNotStart_whenAnEndpointIsNotValid() {
        WebhooksConfig config = Settings.of(
                "endpoints.studio.url", "http://studio.example/hooks", "endpoints.studio.secrets", Settings.SECRET);

        assertThatThrownBy(() -> service(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("galatea.webhooks.endpoints.studio.url: is not valid");
    }

    private WebhooksService service(WebhooksConfig config) {
        // Nobody listens there.
        Map<String, Object> kafka = Map.of("bootstrap.servers", "127.0.0.1:1");
        return new WebhooksService(config, new Worker(), kafka, new SimpleMeterRegistry());
    }

    private final class Worker implements WorkerConfig {

        @Override
        public Optional<String> workerName() {
            return Optional.empty();
        }

        @Override
        public Path workDir() {
            return directory;
        }
    }
}
