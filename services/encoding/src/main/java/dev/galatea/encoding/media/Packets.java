package dev.galatea.encoding.media;

import java.util.Arrays;
import java.util.Optional;

/**
 * The packets of a video stream, each with a picture, as FFmpeg's muxer {@code framecrc} lists them: counted and timed
 * before anything is decoded.
 *
 * @param codec FFmpeg's name
 * @param width pixels, as the container says
 * @param height pixels
 * @param seconds the times at which pictures are shown, sorted
 * @param encrypted true if a key is needed to read them
 */
@SuppressWarnings("ArrayRecordComponent") // up to thousands of times, never handed on
record Packets(String codec, int width, int height, double[] seconds, boolean encrypted) {

    private static final int STREAM_DTS_PTS = 3;
    /** FFmpeg's name of what a packet has beside its bytes. */
    private static final String KEY_NEEDED = "Encryption info";

    /** Reads a list; empty if it has no stream. */
    static Optional<Packets> of(String list) {
        String codec = "";
        int width = 0;
        int height = 0;
        double unit = 1;
        double[] times = new double[16];
        int count = 0;
        for (String line : list.split("\\R")) {
            if (line.startsWith("#codec_id 0:")) {
                codec = value(line);
            } else if (line.startsWith("#tb 0:")) {
                String[] fraction = value(line).split("/");
                unit = Double.parseDouble(fraction[0]) / Double.parseDouble(fraction[1]);
            } else if (line.startsWith("#dimensions 0:")) {
                String[] sides = value(line).split("x");
                width = Integer.parseInt(sides[0]);
                height = Integer.parseInt(sides[1]);
            } else if (!line.startsWith("#") && !line.isBlank()) {
                if (count == times.length) {
                    times = Arrays.copyOf(times, 2 * count);
                }
                times[count++] = time(line, unit);
            }
        }
        times = Arrays.copyOf(times, count);
        Arrays.sort(times);
        return codec.isEmpty()
                ? Optional.empty()
                : Optional.of(new Packets(codec, width, height, times, list.contains(KEY_NEEDED)));
    }

    private static String value(String line) {
        return line.substring(line.indexOf(':') + 1).strip();
    }

    /** A packet without a time counts as one at the beginning. */
    private static double time(String line, double unit) {
        String[] columns = line.split(",", STREAM_DTS_PTS + 1);
        try {
            return Long.parseLong(columns[STREAM_DTS_PTS - 1].strip()) * unit;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Double.NEGATIVE_INFINITY;
        }
    }

    /** Refuses pictures that nobody can read without a key. */
    void requireOpen() throws MediaRefusedException {
        if (encrypted) {
            throw new MediaRefusedException("media_not_supported", "is encrypted; valid are videos without protection");
        }
    }

    int count() {
        return seconds.length;
    }

    /** The number of pictures that are shown within the first seconds of the video. */
    int within(double duration) {
        int first = 0;
        while (first < seconds.length && Double.isInfinite(seconds[first])) {
            first++;
        }
        int last = first;
        while (last < seconds.length && seconds[last] <= seconds[first] + duration) {
            last++;
        }
        return last;
    }
}
