package dev.galatea.systemtests;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.galatea.model.event.EventType;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;

/** Publishes every event of finished and of running jobs again, in random order. */
final class DuplicatesDrill implements Drill {

    /** The topics whose events are repeated; job states and terminal events are not, nobody else may write them. */
    private static final Set<String> REPEATED = Stream.concat(
                    Stream.of(EventType.PROMPT_SUBMITTED, EventType.PROGRESS), Pipeline.current().eventTypes().stream())
            .map(EventType::topic)
            .collect(Collectors.toSet());

    @Override
    public String title() {
        return "duplicates";
    }

    @Override
    public String description() {
        return "every event of a finished and of a running job once more, in random order";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        JobId finished = context.submit(0);
        context.awaitEnds(List.of(finished));
        JobId running = context.submit(1);
        context.awaitStep(running, context.randomStep());
        List<ObservedEvent> again = new ArrayList<>();
        for (JobId jobId : List.of(finished, running)) {
            context.replayed().add(jobId);
            context.log()
                    .of(jobId)
                    .filter(event -> event.event() != null && REPEATED.contains(event.topic()))
                    .forEach(again::add);
        }
        Collections.shuffle(again, context.random());
        again.forEach(event -> context.publish(UUID.fromString(event.id()), Objects.requireNonNull(event.event())));
        context.figure(again.size() + " events repeated");
        context.awaitEnds(context.fresh());
        // Whatever the repetitions caused must be over before it is audited.
        JobId last = context.submit(2);
        context.awaitEnds(List.of(last));
    }
}
