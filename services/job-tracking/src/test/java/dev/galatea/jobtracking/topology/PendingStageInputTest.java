package dev.galatea.jobtracking.topology;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class PendingStageInputTest {

    @Test
    void shouldReadWithoutItsEvent_whenTheStageIsGoneFromThePipeline() {
        byte[] stored = "video.gone.requested.v1\n1\ntrue\n{}".getBytes(UTF_8);

        PendingStageInput read = PendingStageInput.serde().deserializer().deserialize("pending", stored);

        assertThat(read).isEqualTo(new PendingStageInput(null, 1, true));
    }
}
