package dev.galatea.events;

import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.kafka.common.header.Headers;
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

    /** The last header of each name, in the order of their first. */
    static Map<String, byte[]> lastOf(Headers headers) {
        Map<String, byte[]> last = new LinkedHashMap<>();
        headers.forEach(header -> last.put(header.key(), header.value()));
        return last;
    }
}
