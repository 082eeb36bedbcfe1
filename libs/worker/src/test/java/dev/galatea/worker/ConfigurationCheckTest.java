package dev.galatea.worker;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfigurationCheckTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "galatea.store.endpoint",
                "galatea.worker-name",
                "galatea.webhooks.endpoints.studio.url",
                "galatea.webhooks.endpoints.\"my.studio\".secrets[0]",
                "quarkus.http.port",
                "kafka.bootstrap.servers"
            })
    void shouldAcceptAProperty_whenAServiceReadsIt(String name) {
        assertThatCode(() -> ConfigurationCheck.requireKnown(List.of(name), Map.of()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GALATEA_STORE_ENDPOINT",
                "GALATEA_WORKER_NAME",
                "GALATEA_WEBHOOKS_ENDPOINTS_STUDIO_URL",
                "GALATEA_WEBHOOKS_ENDPOINTS_MY_STUDIO_SECRETS",
                "GALATEA_DATA_DIR",
                "GALATEA_STORE_PORT",
                "GALATEA_KAFKA_BOOTSTRAP_SERVICE_HOST",
                "GALATEA_KAFKA_BOOTSTRAP_PORT_9092_TCP_ADDR",
                "HOME"
            })
    void shouldAcceptAVariable_whenAServiceOrKubernetesSetsIt(String name) {
        assertThatCode(() -> ConfigurationCheck.requireKnown(List.of(), Map.of(name, "1")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "galatea.store.endpiont",
                "galatea.stroe.endpoint",
                "galatea.wrok-dir",
                "galatea.store",
                "galatea.webhooks.endpoints.studio.ulr"
            })
    void shouldNameAProperty_whenNoServiceReadsIt(String name) {
        assertThatThrownBy(() -> ConfigurationCheck.requireKnown(List.of(name), Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(name + ": is not a configuration key; ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GALATEA_STORE_ENDPIONT", "GALATEA_WROK_DIR", "GALATEA_QUEUE_SLOT", "GALATEA_STORE_PROT_PORT"})
    void shouldNameAVariable_whenNoServiceReadsIt(String name) {
        assertThatThrownBy(() -> ConfigurationCheck.requireKnown(List.of(), Map.of(name, "1")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(name + ": is not a configuration key; ");
    }

    @Test
    void shouldAcceptTheAddressOfAService_whichKubernetesAdds() {
        assertThatCode(() -> ConfigurationCheck.requireKnown(
                        List.of(), Map.of("GALATEA_KAFKA_BOOTSTRAP_PORT", "tcp://10.0.0.1:9092")))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldSayWhatIsValid_whenAKeyIsMistyped() {
        assertThatThrownBy(() -> ConfigurationCheck.requireKnown(List.of("galatea.store.endpiont"), Map.of()))
                .hasMessageContaining("galatea.store.endpoint");
    }
}
