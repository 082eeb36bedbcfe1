package dev.galatea.deadletters;

import java.time.Instant;
import java.util.Comparator;

import dev.galatea.model.event.DeadLetterHeaders;

/**
 * A dead letter as lists show it: its origin and reason, without the payload, which may hold a prompt.
 *
 * @param position the letter's partition and offset, which identify it
 * @param at time of the letter
 * @param topic the topic that it came from
 * @param origin its place on that topic, as {@code partition/offset}
 * @param service the service that gave the record up
 * @param cause the kind of failure: the wire name of a {@link dev.galatea.model.event.FailureCause}
 * @param code the reason, for programs
 * @param reason the reason in words, for people
 * @param cut true if the record was too long to be kept whole, so that it can't be replayed
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
