package dev.galatea.systemtests;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import dev.galatea.model.event.EventType;
import dev.galatea.model.id.JobId;

/** Publishes every event of finished and of running jobs again, in random order. */
final class DuplicatesDrill implements Drill {

    /** Topics that only job-tracking may write; their events are not repeated. */
    private static final Set<String> REPEATED = Set.of(
            EventType.PROMPT_SUBMITTED.topic(),
            EventType.JOB_ACCEPTED.topic(),
            EventType.PROMPT_CONDITIONED.topic(),
            EventType.LATENTS_DENOISED.topic(),
            EventType.CLIP_DECODED.topic(),
            EventType.PROGRESS.topic());

    @Override
    public String title() {
        return "duplicates";
    }

    @Override
    public String description() {
        return "every event of a finished and of a running job once more, in random order";
    }

    @Override
    public void run(Scene scene) throws Exception {
        JobId finished = scene.submit(0);
        scene.awaitEnds(List.of(finished));
        JobId running = scene.submit(1);
        scene.awaitStep(running, scene.randomStep());
        List<SeenEvent> again = new ArrayList<>();
        for (JobId jobId : List.of(finished, running)) {
            scene.replayed().add(jobId);
            scene.log()
                    .of(jobId)
                    .filter(event -> event.event() != null && REPEATED.contains(event.topic()))
                    .forEach(again::add);
        }
        Collections.shuffle(again, scene.random());
        again.forEach(event -> scene.publish(UUID.fromString(event.id()), Objects.requireNonNull(event.event())));
        scene.figure(again.size() + " events repeated");
        scene.awaitEnds(scene.fresh());
        // Whatever the repetitions caused must be over before it is audited.
        JobId last = scene.submit(2);
        scene.awaitEnds(List.of(last));
    }
}
