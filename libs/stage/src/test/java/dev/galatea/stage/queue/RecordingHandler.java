package dev.galatea.stage.queue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.galatea.model.event.Failure;
import dev.galatea.model.failure.StageException;

/** Remembers what it was asked to do. */
class RecordingHandler implements WorkHandler {

    final List<String> started = new CopyOnWriteArrayList<>();
    final List<String> done = new CopyOnWriteArrayList<>();
    final List<Integer> deliveries = new CopyOnWriteArrayList<>();
    final List<Failure> retries = new CopyOnWriteArrayList<>();
    final List<Failure> givenUp = new CopyOnWriteArrayList<>();

    @Override
    public final void handle(WorkItem item) throws StageException, InterruptedException {
        started.add(TestQueue.text(item));
        deliveries.add(item.deliveryCount());
        work(item);
        done.add(TestQueue.text(item));
    }

    void work(WorkItem item) throws StageException, InterruptedException {}

    @Override
    public void retrying(WorkItem item, Failure failure) {
        retries.add(failure);
    }

    @Override
    public void gaveUp(WorkItem item, Failure failure) {
        givenUp.add(failure);
    }
}
