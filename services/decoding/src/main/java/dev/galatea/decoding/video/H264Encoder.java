package dev.galatea.decoding.video;

import java.util.List;

/** The H.264 encoders that we know how to ask for a constant quantizer. */
public enum H264Encoder {
    /** Cisco's, in the bundled LGPL build. */
    LIBOPENH264,
    /** VideoLAN's (GPL), in most distributions' FFmpeg. */
    LIBX264;

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
