package dev.galatea.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DataDirectoryLockTest {

    @TempDir
    Path directory;

    @Test
    void shouldRefuseSecondOwner_whileFirstHoldsIt() {
        try (DataDirectoryLock first = DataDirectoryLock.acquire(directory)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> DataDirectoryLock.acquire(directory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("--data-dir");
        }
    }

    @Test
    void shouldBeFreeAgain_afterClose() {
        DataDirectoryLock.acquire(directory).close();

        try (DataDirectoryLock second = DataDirectoryLock.acquire(directory)) {
            assertThat(second).isNotNull();
        }
    }

    /** Broker, store, state and log lie in it, and with them prompts and clips. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no POSIX permissions")
    void shouldCloseTheDirectoryToOthers() throws Exception {
        Path data = directory.resolve("data");

        DataDirectoryLock.acquire(data).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }
}
