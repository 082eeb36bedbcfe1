package dev.galatea.standalone.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

import dev.galatea.model.failure.RetryableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Nothing but a plain file is ever replaced. */
class OutputOptionTest {

    private static final String RESULT = "the result";

    @TempDir
    Path directory;

    private final OutputOption option =
            new OutputOption(GalateaCommand.commandLine().getCommandSpec());

    @Test
    void shouldWriteANewFile() throws Exception {
        Path file = directory.resolve("new.mp4");
        write(file);
        assertThat(file).hasContent(RESULT);
        assertThat(names()).containsExactly("new.mp4");
    }

    @Test
    void shouldReplaceAPlainFile_andKeepItsPermissions() throws Exception {
        Path file = Files.writeString(directory.resolve("old.mp4"), "before");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        write(file);
        assertThat(file).hasContent(RESULT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void shouldWriteAName_thatIsAsLongAsTheFileSystemAllows() throws Exception {
        Path file = directory.resolve("n".repeat(255));
        write(file);
        assertThat(file).hasContent(RESULT);
    }

    @Test
    void shouldLeaveTheOldFile_whenTheResultFails() throws Exception {
        Path file = Files.writeString(directory.resolve("old.mp4"), "before");
        OutputTarget target = option.target(file);
        assertThatThrownBy(() -> target.write(partial -> {
                    Files.writeString(partial, "half");
                    throw new IOException("broken");
                }))
                .hasMessageContaining("--out: " + file)
                .hasMessageContaining("broken");
        assertThat(file).hasContent("before");
        assertThat(names()).containsExactly("old.mp4");
    }

    @Test
    void shouldWriteThroughALink() throws Exception {
        Path file = Files.writeString(
                Files.createDirectory(directory.resolve("clips")).resolve("a.mp4"), "before");
        Path link = Files.createSymbolicLink(directory.resolve("latest.mp4"), Path.of("clips/a.mp4"));
        write(link);
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(file).hasContent(RESULT);
        assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void shouldWriteWhereALinkLeads_whenNothingIsThere() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("there.mp4"));
        write(link);
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(directory.resolve("there.mp4")).hasContent(RESULT);
    }

    @Test
    void shouldRefuseLinks_thatLeadNowhere() throws Exception {
        Path one = Files.createSymbolicLink(directory.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(directory.resolve("two"), Path.of("one"));
        Path lost = Files.createSymbolicLink(directory.resolve("lost"), Path.of("no/such/clip.mp4"));
        assertRefused(one, "link without an end");
        assertRefused(lost, "existing directory");
    }

    @Test
    void shouldStreamIntoAPipe() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                return "not read: " + e;
            }
        });
        write(pipe);
        assertThat(read.get()).isEqualTo(RESULT);
        assertThat(Files.readAttributes(pipe, "unix:mode").get("mode"))
                .satisfies(mode -> assertThat((int) mode & 0170000).isEqualTo(0010000));
    }

    @Test
    void shouldWriteThroughDevices() throws Exception {
        Object device = Files.getAttribute(Path.of("/dev/null"), "unix:rdev");
        write(Path.of("/dev/null"));
        assertThat(Files.getAttribute(Path.of("/dev/null"), "unix:rdev")).isEqualTo(device);
        assertThatThrownBy(() -> write(Path.of("/dev/full")))
                .hasMessageContaining("/dev/full can't be written: No space");
    }

    @Test
    void shouldRefuseDisks() throws Exception {
        Path disk;
        try (Stream<Path> devices = Files.list(Path.of("/dev"))) {
            disk = devices.filter(OutputOptionTest::isDisk).findAny().orElse(null);
        }
        assumeThat(disk).as("this machine shows no block device in /dev").isNotNull();
        assertRefused(disk, "is a disk");
    }

    @Test
    void shouldRefuseSocketsAndDirectories() throws Exception {
        Path socket = Path.of(
                System.getProperty("java.io.tmpdir"),
                "galatea-" + ProcessHandle.current().pid());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertRefused(socket, "is a socket");
        } finally {
            Files.deleteIfExists(socket);
        }
        assertRefused(directory, "is a directory");
        assertRefused(directory.resolve("no/such/clip.mp4"), "existing directory");
    }

    /** To root, these directories look as if they could be written. */
    @Test
    void shouldRefuseDirectories_thatTakeNoFiles() throws Exception {
        assumeThat(Path.of("/proc")).isDirectory();
        assertRefused(Path.of("/proc/clip.mp4"), "takes new files");
        Path file = Files.writeString(directory.resolve("file"), "no directory");
        assertRefused(file.resolve("clip.mp4"), "existing directory");
        write(directory.resolve("a.mp4"));
        assertThat(names()).containsExactlyInAnyOrder("a.mp4", "file");
    }

    @Test
    void shouldNameWhatWasAskedFor_whenTheStoreCanNotWriteIt() {
        Path file = directory.resolve("a.mp4");
        assertThatThrownBy(() -> option.target(file).write(partial -> {
                    IOException full = new FileSystemException(partial + ".part", null, "No space left on device");
                    throw new RetryableException("disk_failed", "file " + partial + ".part can't be written", full);
                }))
                .hasMessage("--out: " + file + " can't be written: No space left on device");
    }

    @Test
    void shouldRefuseNames_thatAreNoFiles() {
        for (String[] arguments :
                new String[][] {{"generate", "x"}, {"extend", "x", "--seconds=1"}, {"decode", "x"}, {"encode", "x"}}) {
            for (String name : List.of("", "new/", "a/b//")) {
                CommandLine command = GalateaCommand.commandLine();
                String[] all = Arrays.copyOf(arguments, arguments.length + 1);
                all[arguments.length] = "--out=" + name;
                assertThatThrownBy(() -> command.parseArgs(all))
                        .as("%s %s", arguments[0], name)
                        .isInstanceOf(ParameterException.class)
                        .hasMessageContaining("--out")
                        .hasMessageContaining("valid is");
            }
        }
    }

    @Test
    void shouldTakeADashForStandardOutput() {
        for (String name : new String[] {"-", "/dev/stdout", "/dev/fd/1"}) {
            assertThat(option.target(Path.of(name))).as(name).isEqualTo(new OutputTarget.Standard());
        }
        assertThat(option.target(Path.of("./-")).path()).isPresent();
        assertThatThrownBy(() -> option.requireResultsApart(new OutputTarget.Standard(), true))
                .hasMessageContaining("--json");
    }

    @Test
    void shouldRefuseToReplaceWhatItReads() throws Exception {
        Path picture = Files.writeString(directory.resolve("a.png"), "a picture");
        Path link = Files.createSymbolicLink(directory.resolve("link"), picture);
        OutputTarget target = option.target(link);
        assertThatThrownBy(() -> option.requireOther(target, "--image", picture))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("is --image itself");
    }

    @Test
    void shouldNotReplace_whatIsNoFileAnyMore() throws Exception {
        Path file = directory.resolve("a.mp4");
        OutputTarget target = option.target(file);
        assertThatThrownBy(() -> target.write(partial -> {
                    Files.writeString(partial, RESULT);
                    Files.createSymbolicLink(file, Path.of("/dev/null"));
                }))
                .hasMessageContaining("no plain file any more");
        assertThat(Files.isSymbolicLink(file)).isTrue();
    }

    private void write(Path path) throws Exception {
        option.target(path).write(file -> Files.writeString(file, RESULT));
    }

    private void assertRefused(Path path, String why) {
        assertThatThrownBy(() -> option.target(path))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("--out: " + path)
                .hasMessageContaining(why);
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    private static boolean isDisk(Path device) {
        try {
            return ((int) Files.getAttribute(device, "unix:mode") & 0170000) == 0060000;
        } catch (IOException e) {
            return false;
        }
    }
}
