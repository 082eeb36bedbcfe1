package dev.galatea.jobtracking.deadletters;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

import dev.galatea.deadletters.DeadLetterStore;
import dev.galatea.deadletters.DeadLetterSummary;

/**
 * A page of dead letters, newest first; the next one is asked for with {@code after=last_id}.
 *
 * @param object always {@code list}
 * @param lastId absent if the page is empty
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(SnakeCaseStrategy.class)
public record DeadLetterList(
        String object, List<Entry> data, @Nullable String lastId, boolean hasMore) {

    static DeadLetterList of(DeadLetterStore.Page page) {
        List<Entry> data = page.letters().stream().map(Entry::of).toList();
        String last = data.isEmpty() ? null : data.get(data.size() - 1).id();
        return new DeadLetterList("list", data, last, page.hasMore());
    }

    /**
     * The origin and reason of a dead letter, without its content.
     *
     * @param object always {@code dead_letter}
     * @param id {@code partition/offset} on the dead-letter topic
     * @param createdAt time of the letter, in epoch seconds
     * @param origin its place on its topic, as {@code partition/offset}
     * @param replayable true if it was kept whole
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Entry(
            String object,
            String id,
            long createdAt,
            String topic,
            String origin,
            String service,
            String cause,
            String code,
            String reason,
            boolean replayable) {

        static Entry of(DeadLetterSummary letter) {
            return new Entry(
                    "dead_letter",
                    letter.position().toString(),
                    letter.at().getEpochSecond(),
                    letter.topic(),
                    letter.origin(),
                    letter.service(),
                    letter.cause(),
                    letter.code(),
                    letter.reason(),
                    !letter.cut());
        }
    }
}
