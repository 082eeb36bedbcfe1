package dev.galatea.events;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/** A record as a consumer received it: where it lies, and its bytes. */
public interface RecordOrigin {

    /** The topic that it came from. */
    String topic();

    /** The partition that it came from. */
    int partition();

    /** Its offset there. */
    long offset();

    /** Its key. */
    byte @Nullable [] key();

    /** Its value. */
    byte @Nullable [] value();

    /** Its headers; the last one of each name. */
    Map<String, byte[]> headers();
}
