package dev.galatea.gateway.api;

import java.util.List;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * A page of videos. Clients ask for the next one with {@code after=last_id}; some do so until a page is empty, whatever
 * {@code has_more} says, and the empty page ends them.
 *
 * @param object always {@code list}
 * @param firstId absent if the page is empty
 * @param lastId absent if the page is empty
 */
@JsonNaming(SnakeCaseStrategy.class)
public record VideoList(
        String object,
        List<Video> data,
        @Nullable String firstId,
        @Nullable String lastId,
        boolean hasMore) {

    static VideoList of(List<Video> videos, boolean hasMore) {
        boolean isEmpty = videos.isEmpty();
        return new VideoList(
                "list",
                videos,
                isEmpty ? null : videos.get(0).id(),
                isEmpty ? null : videos.get(videos.size() - 1).id(),
                hasMore);
    }
}
