package dev.galatea.gateway.body;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.gateway.Settings;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SpoolTest {

    @TempDir
    Path directory;

    private final UploadBudget budget =
            new UploadBudget(Settings.of("max-body-bytes", "1", "max-upload-bytes", "100", "max-uploads-bytes", "250"));

    @Test
    void shouldKnowWhatItWrote_inWhateverPieces() {
        byte[] medium = "a picture that has more bytes than the head of it".getBytes(UTF_8);
        for (int piece : new int[] {1, 7, 31, 32, 33, 100}) {
            try (Spool spool = spool()) {
                UploadedFile file = written(spool, medium, piece);

                assertThat(file.bytes()).isEqualTo(medium.length);
                assertThat(file.digest()).isEqualTo(Sha256.of(medium));
                assertThat(file.head()).isEqualTo(Arrays.copyOf(medium, Upload.HEAD));
                assertThat(spool.text(file)).isEqualTo(new String(medium, UTF_8));
            }
        }
        assertThat(files()).isEmpty();
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void shouldBeginEachHeadAnew() {
        try (Spool spool = spool()) {
            written(spool, new byte[50], 50);

            assertThat(written(spool, new byte[] {1, 2}, 1).head()).containsExactly(1, 2);
            assertThat(written(spool, new byte[0], 1).head()).isEmpty();
        }
    }

    @Test
    void shouldLimitTheMediaOfAllRequests_andGiveBackWhatOneTook() {
        try (Spool first = spool();
                Spool second = spool()) {
            written(first, new byte[150], 10);
            assertThatThrownBy(() -> written(second, new byte[101], 101))
                    .hasMessageStartingWith("the bodies of all requests together are longer than 250 bytes");
            first.close();

            Spool third = spool();
            written(third, new byte[250], 50);
            third.close();
        }
        assertThat(files()).isEmpty();
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void shouldLimitTextsApart_alsoThoseThatCameAsFiles() {
        try (Spool spool = spool();
                Spool other = spool()) {
            spool.countText(350);
            UploadedFile url = written(other, new byte[60], 60);

            assertThatThrownBy(() -> other.text(url))
                    .hasMessageStartingWith("the bodies of all requests together are longer than 400 bytes");
        }
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void shouldWriteNothing_whenTheRequestIsOver() {
        Spool spool = spool();
        spool.begin();
        spool.close();

        assertThatThrownBy(() -> spool.append(new byte[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(spool::begin).isInstanceOf(IllegalStateException.class);
        assertThat(files()).isEmpty();
    }

    private Spool spool() {
        return new Spool(directory, budget.share());
    }

    private File[] files() {
        return directory.toFile().listFiles();
    }

    private static UploadedFile written(Spool spool, byte[] bytes, int piece) {
        spool.begin();
        for (int from = 0; from < bytes.length; from += piece) {
            spool.append(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece)));
        }
        return spool.end();
    }
}
