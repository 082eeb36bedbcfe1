package dev.galatea.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no POSIX permissions")
class PrivateDirectoryTest {

    @TempDir
    Path directory;

    @Test
    void shouldMakeADirectoryThatOthersMayNotEnter() throws Exception {
        Path made = PrivateDirectory.create(directory.resolve("a/b"));

        assertThat(permissions(made)).isEqualTo("rwx------");
    }

    @Test
    void shouldCloseADirectoryThatWasOpen_andKeepWhatIsInIt() throws Exception {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(open.resolve("state"), "kept");

        PrivateDirectory.create(open);

        assertThat(permissions(open)).isEqualTo("rwx------");
        assertThat(open).isDirectoryContaining(file -> file.endsWith("state"));
        assertThat(open.toFile().list()).hasSize(1);
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
