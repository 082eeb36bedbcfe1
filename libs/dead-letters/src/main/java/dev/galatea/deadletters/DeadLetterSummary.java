package dev.galatea.deadletters;

import java.time.Instant;
import java.util.Comparator;

import dev.galatea.model.event.DeadLetterHeaders;

/**
 * A dead letter as lists show it: its origin and reason, without the payload, which may hold a prompt.
 *
 * @param position names it
 * @param at when it was put there
 * @param topic the topic that it came from
 * @param origin where it was there, as {@code partition/offset}
 * @param service who gave it up
 * @param cause what is to be done about it: the wire name of a {@link dev.galatea.model.event.FailureCause}
 * @param code why, for programs
 * @param reason why, for people
 * @param cut whether it is too long to be kept whole, and can't be replayed
 */
public record DeadLetterSummary(
        DeadLetter.Position position,
        Instant at,
        String topic,
        String origin,
        String service,
        String cause,
        String code,
        String reason,
        boolean cut) {

    static final Comparator<DeadLetterSummary> NEWEST_FIRST = Comparator.comparing(DeadLetterSummary::at)
            .thenComparing(letter -> letter.position().offset())
            .thenComparing(letter -> letter.position().partition())
            .reversed();

    /** The summary of a letter. */
    public static DeadLetterSummary of(DeadLetter letter) {
        return new DeadLetterSummary(
                letter.position(),
                letter.at(),
                letter.header(DeadLetterHeaders.TOPIC),
                letter.header(DeadLetterHeaders.PARTITION) + "/" + letter.header(DeadLetterHeaders.OFFSET),
                letter.header(DeadLetterHeaders.SERVICE),
                letter.header(DeadLetterHeaders.CAUSE),
                letter.header(DeadLetterHeaders.CODE),
                letter.header(DeadLetterHeaders.REASON),
                letter.isCut());
    }
}
