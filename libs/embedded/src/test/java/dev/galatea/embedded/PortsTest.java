package dev.galatea.embedded;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PortsTest {

    @Test
    void shouldFindDifferentPorts() {
        assertThat(Ports.free(300)).doesNotHaveDuplicates().doesNotContain(0);
    }

    /** So that the system can but name a promised port first. */
    @Test
    void shouldNotPromiseAPortTwice() {
        int[] promised =
                IntStream.range(1024, 65_536).filter(port -> port % 8 > 1).toArray();

        for (int i = 0; i < 20; i++) {
            assertThat(Ports.claim("controller", 0, promised) % 8).isLessThan(2);
        }
    }

    @Test
    void shouldRefuseAPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(Ports.LOOPBACK))) {
            assertThatThrownBy(() -> Ports.claim("broker", taken.getLocalPort()))
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessage("broker port: %d on 127.0.0.1 is in use; choose another, or 0 for a free one"
                            .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void shouldRefuseWhatIsNoPort() {
        assertThatThrownBy(() -> Ports.claim("broker", 65_536))
                .isInstanceOf(EmbeddedException.class)
                .hasMessage("broker port: 65536 is not a port; valid are 0 (any free) to 65535");
    }
}
