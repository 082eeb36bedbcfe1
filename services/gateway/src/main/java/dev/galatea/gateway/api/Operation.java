package dev.galatea.gateway.api;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;

/** The orders that there are, with the fields that each takes; any other field would be dropped, so it is refused. */
enum Operation {
    /** A video from noise, from pictures, or from another video. */
    CREATE(List.of("n", "fit", "background", "strength", VideoRequest.LAST_FRAME), VideoRequest.SOURCES),
    /** A variation of a video. */
    EDIT(List.of("n", "fit", "background", "strength"), VideoRequest.VIDEOS),
    /** A video that begins with another one. */
    EXTENSION(List.of("n", "fit", "background", "strength"), VideoRequest.VIDEOS),
    /** A video with the settings of another one. */
    REMIX(List.of("n", "fit", "background", "strength"), List.of());

    private final Set<String> fields;

    Operation(List<String> own, List<String> media) {
        fields = RequestFields.all().stream()
                .filter(field -> field.type() != ReferenceMedia.class)
                .map(RequestFields.Field::httpName)
                .collect(Collectors.toCollection(TreeSet::new));
        fields.add("size");
        fields.addAll(own);
        fields.addAll(media);
    }

    /** Tells whether the order takes a field. */
    boolean takes(String field) {
        return fields.contains(field);
    }

    /** The fields that the order takes, for messages. */
    String fields() {
        return String.join(", ", fields);
    }
}
