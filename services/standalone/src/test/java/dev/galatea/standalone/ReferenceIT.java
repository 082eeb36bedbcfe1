package dev.galatea.standalone;

import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import dev.galatea.media.FfmpegBinaries;
import dev.galatea.standalone.PackagedSystem.Outcome;
import dev.galatea.standalone.cli.ExitCodes;

import static org.assertj.core.api.Assertions.assertThat;

/** Clips that begin with a picture: the packaged system, the real model, a real MP4. */
@Execution(ExecutionMode.CONCURRENT)
class ReferenceIT {

    /** This held-out scene came out at 27.3 dB; another model may draw a little worse. */
    private static final double NEAR = 22;

    @TempDir
    Path directory;

    private Path picture;

    @BeforeEach
    void copyPicture() throws Exception {
        picture = directory.resolve("ring.png");
        try (InputStream in = ReferenceIT.class.getResourceAsStream("/ring.png")) {
            Files.copy(in, picture);
        }
    }

    @Test
    void shouldBeginWithThePicture() throws Exception {
        Path clip = directory.resolve("clip.mp4");

        Outcome made = new PackagedSystem(directory)
                .run(
                        "generate",
                        "a green ring grows under a blue sky",
                        "--image",
                        picture.toString(),
                        "--size",
                        "128x128",
                        "--frames",
                        PackagedSystem.shortest(),
                        "--seed",
                        "3",
                        "--json",
                        "--out",
                        clip.toString());

        assertThat(made.exitCode()).as(made.err()).isEqualTo(ExitCodes.DONE);
        assertThat(made.json().path("stage_seconds").has("encoding")).isTrue();
        assertThat(psnr(firstFrame(clip), ImageIO.read(picture.toFile()))).isGreaterThan(NEAR);
    }

    @Test
    void shouldSayWhatIsWrong_whenThePictureIsNone() throws Exception {
        Path text = Files.writeString(directory.resolve("a.png"), "not a picture");

        Outcome failed = new PackagedSystem(directory).run("generate", "a ring", "--image", text.toString(), "--json");

        assertThat(failed.exitCode()).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(failed.err()).contains("--image: " + text + " is not a supported picture by its first bytes");
    }

    @Test
    void shouldComeBackFromLatents() throws Exception {
        PackagedSystem system = new PackagedSystem(directory);
        Path latents = directory.resolve("ring.safetensors");
        Path clip = directory.resolve("ring.mp4");

        Outcome encoded = system.run("encode", picture.toString(), "--out", latents.toString());
        Outcome decoded = system.run("decode", latents.toString(), "--out", clip.toString());

        assertThat(encoded.exitCode()).as(encoded.err()).isEqualTo(ExitCodes.DONE);
        assertThat(decoded.exitCode()).as(decoded.err()).isEqualTo(ExitCodes.DONE);
        assertThat(psnr(firstFrame(clip), ImageIO.read(picture.toFile()))).isGreaterThan(NEAR);
        assertThat(system.run("decode", picture.toString()).exitCode()).isEqualTo(ExitCodes.WRONG_USE);
        Path piped = directory.resolve("piped");
        Process process = system.start(piped, directory.resolve("err.txt"), "encode", picture.toString(), "--out", "-");
        assertThat(process.waitFor()).isEqualTo(ExitCodes.DONE);
        assertThat(piped).hasSameBinaryContentAs(latents);
        assertThat(system.run("encode", clip.toString(), "--frames", "7").err()).contains("--frames: 7 is not valid");
    }

    @Test
    void shouldDrawLatentsLarger_byTheBundlesUpscaler() throws Exception {
        PackagedSystem system = new PackagedSystem(directory);
        Path latents = directory.resolve("ring.safetensors");
        Path clip = directory.resolve("large.mp4");

        Outcome encoded = system.run("encode", picture.toString(), "--out", latents.toString());
        Outcome decoded = system.run("decode", latents.toString(), "--scale", "2", "--out", clip.toString());

        assertThat(encoded.exitCode()).as(encoded.err()).isEqualTo(ExitCodes.DONE);
        assertThat(decoded.exitCode()).as(decoded.err()).isEqualTo(ExitCodes.DONE);
        BufferedImage small = ImageIO.read(picture.toFile());
        BufferedImage large = firstFrame(clip);
        assertThat(List.of(large.getWidth(), large.getHeight()))
                .containsExactly(2 * small.getWidth(), 2 * small.getHeight());
        assertThat(system.run("decode", latents.toString(), "--scale", "3").err())
                .contains("--scale: 3 is not valid for model 'pebble'; valid are 1, 2, 4, 5");
    }

    @Test
    void shouldContinueAClip_withoutASeam() throws Exception {
        PackagedSystem system = new PackagedSystem(directory);
        Path clip = directory.resolve("clip.mp4");
        Path longer = directory.resolve("longer.mp4");

        Outcome made = system.run(
                "generate",
                "a red ball bounces under a blue sky",
                "--size",
                "128x128",
                "--frames",
                PackagedSystem.shortest(),
                "--seed",
                "7",
                "--json",
                "--out",
                clip.toString());
        String id = made.json().path("job_id").asText();
        Outcome extended =
                system.run("extend", id, "--seconds", "1", "--seed", "3", "--json", "--out", longer.toString());

        assertThat(extended.exitCode()).as(extended.err()).isEqualTo(ExitCodes.DONE);
        List<BufferedImage> before = frames(clip);
        List<BufferedImage> all = frames(longer);
        int second = PackagedSystem.model().fps();
        assertThat(all).hasSizeGreaterThanOrEqualTo(before.size() + second);
        assertThat(extended.json().path("frames").asInt()).isEqualTo(all.size());
        assertThat(psnr(all.get(0), before.get(0))).isGreaterThan(30);
        // How far the ball moves from frame to frame is its own affair, 22 dB here; a cut differs by far more.
        double own = roughestStep(before, 1, before.size());
        assertThat(roughestStep(all, before.size() - second, before.size() + 4)).isGreaterThan(own - 2);
        Outcome unknown = system.run("extend", "0199b6a0-0000-7000-8000-000000000000", "--seconds", "1");
        assertThat(unknown.exitCode()).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(unknown.err()).contains("is not known here");
    }

    /** The least PSNR, in dB, between the frames from {@code from} on, before {@code to}, and those before them. */
    private static double roughestStep(List<BufferedImage> frames, int from, int to) {
        return IntStream.range(from, to)
                .mapToDouble(i -> psnr(frames.get(i), frames.get(i - 1)))
                .min()
                .orElseThrow();
    }

    private List<BufferedImage> frames(Path clip) throws Exception {
        Path target = Files.createTempDirectory(directory, "frames");
        ffmpeg("-i", clip.toString(), target.resolve("%04d.png").toString());
        List<BufferedImage> frames = new ArrayList<>();
        try (Stream<Path> files = Files.list(target).sorted()) {
            for (Path file : files.toList()) {
                frames.add(ImageIO.read(file.toFile()));
            }
        }
        return frames;
    }

    private BufferedImage firstFrame(Path clip) throws Exception {
        Path frame = directory.resolve("frame.png");
        ffmpeg("-i", clip.toString(), "-frames:v", "1", frame.toString());
        return ImageIO.read(frame.toFile());
    }

    private void ffmpeg(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error"));
        command.addAll(List.of(arguments));
        Process process = FfmpegBinaries.bundled()
                .command(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("ffmpeg.txt").toFile())
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private static double psnr(BufferedImage made, BufferedImage picture) {
        double sum = 0;
        for (int y = 0; y < made.getHeight(); y++) {
            for (int x = 0; x < made.getWidth(); x++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    int difference = (made.getRGB(x, y) >> shift & 0xff) - (picture.getRGB(x, y) >> shift & 0xff);
                    sum += difference * difference;
                }
            }
        }
        return 10 * Math.log10(255.0 * 255.0 * 3 * made.getWidth() * made.getHeight() / sum);
    }
}
