package dev.galatea.encoding.media;

/**
 * The frames to take from media.
 *
 * @param video true if the media must be a video; else they must be a picture
 * @param frames number of pictures; one picture is repeated, and so is the last one of a video that is too short
 * @param fps pictures per second that are taken of a video
 * @param width of each picture
 * @param height of each picture
 * @param pad true if media of another shape get black bars; else they are cut
 */
public record FrameRequest(boolean video, int frames, int fps, int width, int height, boolean pad) {

    /**
     * FFmpeg's filters: cut before scaling, so that no intermediate picture is larger than both the media and the clip.
     */
    String filters() {
        String rate = video ? "fps=" + fps + "," : "";
        String fit = pad
                ? "scale=w=%1$d:h=%2$d:force_original_aspect_ratio=decrease:flags=area,"
                        + "pad=%1$d:%2$d:(ow-iw)/2:(oh-ih)/2:black"
                : "crop=w='max(1,min(iw,round(ih*%1$d/%2$d)))':h='max(1,min(ih,round(iw*%2$d/%1$d)))':exact=1,"
                        + "scale=w=%1$d:h=%2$d:flags=area";
        String repeat = "tpad=stop_mode=clone:stop=" + frames + ",";
        return rate + fit.formatted(width, height) + "," + repeat + "setsar=1,format=rgb24";
    }

    /** The same, of all that the media hold: the last picture is not repeated. */
    String filtersOfAll() {
        return filters().replaceFirst("tpad=[^,]*,", "");
    }

    int bytes() {
        return Math.multiplyExact(Math.multiplyExact(3 * frames, width), height);
    }
}
