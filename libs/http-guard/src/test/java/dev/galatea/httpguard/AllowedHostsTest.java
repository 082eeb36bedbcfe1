package dev.galatea.httpguard;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AllowedHostsTest {

    private final AllowedHosts hosts = new AllowedHosts(List.of("Video.Example", "gateway"));

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST.", "127.0.0.1", "10.1.2.3", "[::1]", "::1", "video.example", "gateway"})
    void shouldAllow(String host) {
        assertThat(hosts.contains(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rebound.example",
                "localhost.example",
                "127.0.0.1.nip.io",
                "video.example.attacker.example",
                "0x7f000001",
                "2130706433",
                "[::1",
                ""
            })
    void shouldNotAllow(String host) {
        assertThat(hosts.contains(host)).isFalse();
    }

    @Test
    void shouldAllowEverything_whenAsked() {
        assertThat(new AllowedHosts(List.of("*")).contains("anything.example")).isTrue();
    }
}
