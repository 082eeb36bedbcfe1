package dev.galatea.encoding.media;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * FFmpeg's filters from decoded pictures to the frames of a request. FFmpeg itself turns pictures upright before them.
 */
final class FilterChain {

    /**
     * From PQ or HLG to linear light in which 1 is the white of a page (203 cd/m², BT.2408), brighter light compressed
     * into the last part of the range, then BT.709.
     */
    private static final String TO_SDR = "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,"
            + "tonemap=tonemap=mobius:param=0.7:desat=0,zscale=transfer=bt709:matrix=gbr:range=full";

    private static final String TO_BT709 = "zscale=transfer=linear,format=gbrpf32le,zscale=primaries=bt709,"
            + "zscale=transfer=bt709:matrix=gbr:range=full";

    private final FrameRequest request;
    private final FrameTraits traits;
    private final List<String> filters = new ArrayList<>();

    private FilterChain(FrameRequest request, FrameTraits traits) {
        this.request = request;
        this.traits = traits;
    }

    /**
     * Makes the chain.
     *
     * @param canvas the area that a picture is a part of; null if it is all there is
     * @param timing which pictures are taken
     * @param repeat true if the last picture is repeated up to the number of frames
     */
    static String of(
            FrameRequest request, FrameTraits traits, Still.@Nullable Canvas canvas, Timing timing, boolean repeat) {
        FilterChain chain = new FilterChain(request, traits);
        chain.time(timing);
        chain.colourOfHd();
        chain.background(canvas);
        chain.fit();
        chain.range();
        chain.pad();
        if (repeat) {
            chain.filters.add("tpad=stop_mode=clone:stop=" + request.frames());
        }
        chain.filters.add("setsar=1,format=rgb24");
        return String.join(",", chain.filters);
    }

    /** The pictures that are taken of a file. */
    enum Timing {
        /** Those at the clip's rate, from the first one's time on; none of a video that is over before half a frame. */
        AT_THE_CLIPS_RATE,
        /** The first one alone. */
        FIRST
    }

    private void time(Timing timing) {
        if (request.video() && traits.interlaced()) {
            filters.add("bwdif=mode=send_frame:deint=interlaced");
        }
        filters.add(
                switch (timing) {
                    case AT_THE_CLIPS_RATE -> "setpts=PTS-STARTPTS,fps=" + request.fps();
                    case FIRST -> "trim=end_frame=1";
                });
    }

    /** Says the matrix that the container knows, or of which nothing is said, as players assume it. */
    private void colourOfHd() {
        traits.container().map(ContainerColours::filter).ifPresent(filters::add);
        if (request.video() && traits.isUnnamedHd()) {
            filters.add("setparams=colorspace=bt709");
        }
    }

    /** Lays transparent pictures on the background before they are scaled: what lies under alpha 0 never appears. */
    private void background(Still.@Nullable Canvas canvas) {
        if (canvas != null) {
            filters.add("format=rgba,pad=w=%d:h=%d:x=%d:y=%d:color=0x00000000"
                    .formatted(canvas.width(), canvas.height(), canvas.left(), canvas.top()));
        }
        if (canvas != null || traits.hasAlpha()) {
            filters.add(("format=rgba,split[over][area];[area]drawbox=t=fill:replace=1:color=0x%06x[under];"
                            + "[under][over]overlay=format=rgb")
                    .formatted(request.background()));
        }
    }

    /** Cuts before scaling, so that no intermediate picture is larger than both the media and the clip. */
    private void fit() {
        String shape = traits.hasSquarePixels() ? "" : "*sar";
        String inverse = traits.hasSquarePixels() ? "" : "/sar";
        if (!request.pad()) {
            filters.add(("crop=w='max(1,min(iw,round(ih*%1$d/%2$d%3$s)))':h='max(1,min(ih,round(iw*%2$d/%1$d%4$s)))'"
                            + ":exact=1,scale=w=%1$d:h=%2$d:flags=area")
                    .formatted(request.width(), request.height(), inverse, shape));
        } else if (traits.hasSquarePixels()) {
            filters.add("scale=w=%d:h=%d:force_original_aspect_ratio=decrease:flags=area"
                    .formatted(request.width(), request.height()));
        } else {
            filters.add(("scale=w='max(1,min(%1$d,round(%2$d*iw*sar/ih)))':h='max(1,min(%2$d,round(%1$d*ih/(iw*sar))))'"
                            + ":flags=area")
                    .formatted(request.width(), request.height()));
        }
    }

    /** Light and colours beyond what a screen of BT.709 shows, once the picture is small. */
    private void range() {
        if (traits.isHdr()) {
            filters.add("setparams=color_primaries=" + traits.primariesOr("bt2020") + matrix() + "," + TO_SDR);
        } else if (traits.isWide()) {
            filters.add("setparams=color_trc=bt709" + matrix() + "," + TO_BT709);
        }
    }

    /** The converter must be told of all; what the media do not say is what comes with such colours. */
    private String matrix() {
        return traits.hasUnnamedMatrix() ? ":colorspace=bt2020nc" : "";
    }

    private void pad() {
        if (request.pad()) {
            filters.add("pad=%d:%d:(ow-iw)/2:(oh-ih)/2:black".formatted(request.width(), request.height()));
        }
    }
}
