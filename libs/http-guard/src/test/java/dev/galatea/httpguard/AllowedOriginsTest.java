package dev.galatea.httpguard;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AllowedOriginsTest {

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, localhost, 8080",
        "https://video.example, video.example, -1",
        "https://video.example, video.example, 443",
        "http://[::1]:8080, [::1], 8080",
        "http://video_gateway:8080, video_gateway, 8080",
        "http://LOCALHOST.:8080, localhost., 8080"
    })
    void shouldKnowItsOwn(String origin, String host, int port) {
        assertThat(AllowedOrigins.isOwn(origin, host, port)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:3000, localhost, 8080",
        "http://evil.example:8080, localhost, 8080",
        "null, localhost, 8080",
        "file://, localhost, 8080",
        "localhost:8080, localhost, 8080",
        "http://localhost:8080/, localhost, 8080",
        "http://evil.example@localhost:8080, localhost, 8080",
        "http://localhost:8080.evil.example, localhost, 8080",
        "http://[::1].evil.example:8080, [::1], 8080",
        "http://a b, localhost, 8080",
        "'', localhost, 8080"
    })
    void shouldKnowOthers(String origin, String host, int port) {
        assertThat(AllowedOrigins.isOwn(origin, host, port)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://studio.example", "HTTPS://STUDIO.EXAMPLE", "https://a.apps.example"})
    void shouldKnowWhatIsConfigured(String origin) {
        AllowedOrigins origins =
                new AllowedOrigins(List.of("https://studio.example", "/https://[a-z]+\\.apps\\.example/"));

        assertThat(origins.contains(origin)).isTrue();
        assertThat(origins.contains(origin + ".evil.example")).isFalse();
        assertThat(new AllowedOrigins(List.of()).contains(origin)).isFalse();
        assertThat(new AllowedOrigins(List.of("*")).contains(origin)).isTrue();
    }
}
