package dev.galatea.model.id;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class Sha256Test {

    @TempDir
    Path directory;

    /** The first example of FIPS 180-2, appendix B.1. */
    @Test
    void shouldDigestBytes() {
        assertThat(Sha256.of("abc".getBytes(UTF_8)).hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void shouldDigestAFile_likeItsBytes() throws Exception {
        byte[] bytes = new byte[100_003];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(directory.resolve("clip.mp4"), bytes);

        assertThat(Sha256.of(file)).isEqualTo(Sha256.of(bytes));
    }

    @Test
    void shouldFail_withoutTheFile() {
        assertThatThrownBy(() -> Sha256.of(directory.resolve("missing"))).isInstanceOf(NoSuchFileException.class);
    }
}
