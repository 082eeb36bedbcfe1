package dev.galatea.clips.video;

import java.util.List;
import java.util.Set;

/** The H.264 encoders that we know how to ask for a constant quantizer. */
public enum H264Encoder {
    /** Cisco's, in the bundled LGPL build. */
    LIBOPENH264,
    /** VideoLAN's (GPL), in most distributions' FFmpeg. */
    LIBX264;

    /** Exit codes of a process that a signal ended: SIGABRT and SIGSEGV. */
    private static final Set<Integer> CRASHED = Set.of(128 + 6, 128 + 11);

    /**
     * Tells whether the encoder failed because frames have too much detail for the quantizer. OpenH264 keeps a frame's
     * bits in a buffer that is too small for noise at a fine quantizer; it says so, or writes beyond and crashes.
     *
     * @param exitCode of FFmpeg
     * @param said FFmpeg's error output
     */
    boolean hadTooMuchDetail(int exitCode, String said) {
        return switch (this) {
            case LIBOPENH264 -> said.contains("EncodeFrame failed") || CRASHED.contains(exitCode);
            case LIBX264 -> false;
        };
    }

    /** The options of the video stream; the quantizer is constant, so quality does not pump in flat areas. */
    List<String> options(int quantizer) {
        String qp = Integer.toString(quantizer);
        return switch (this) {
            // Quality mode keeps to qmin and qmax; the bit rate only has to be out of its way.
            case LIBOPENH264 ->
                List.of(
                        "-c:v",
                        "libopenh264",
                        "-rc_mode",
                        "quality",
                        "-qmin",
                        qp,
                        "-qmax",
                        qp,
                        "-b:v",
                        "20M",
                        "-coder",
                        "cabac");
            case LIBX264 -> List.of("-c:v", "libx264", "-preset", "medium", "-qp", qp);
        };
    }
}
