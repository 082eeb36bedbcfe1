package dev.galatea.benchmarks.autoscaling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Stage;

/** The workers of one stage and what they have to do. Not thread-safe. */
final class Fleet {

    private final Stage stage;
    private final int startUp;
    private final Random luck;
    private final Deque<Task> waiting = new ArrayDeque<>();
    private final List<Worker> workers = new ArrayList<>();
    private long paidSeconds;
    private int handedBack;

    /** The work of a stage for a job. */
    static final class Task {

        final SimulatedJob job;
        double left;

        Task(SimulatedJob job, double left) {
            this.job = job;
            this.left = left;
        }
    }

    private static final class Worker {

        final int ready;

        @Nullable
        Task task;

        Worker(int ready) {
            this.ready = ready;
        }
    }

    /** @param startUp seconds from the decision for a worker until it works: image, JVM, model */
    Fleet(Stage stage, int startUp, Random luck) {
        this.stage = stage;
        this.startUp = startUp;
        this.luck = luck;
    }

    void add(SimulatedJob job) {
        waiting.add(new Task(job, job.seconds(stage)));
    }

    /** Adds workers, or takes away any of them, busy or not: its job goes on elsewhere from its checkpoint. */
    void resize(int second, int count) {
        while (workers.size() < count) {
            workers.add(new Worker(second + startUp));
        }
        while (workers.size() > count) {
            Worker gone = workers.remove(luck.nextInt(workers.size()));
            if (gone.task != null) {
                waiting.addFirst(gone.task);
                handedBack++;
            }
        }
    }

    /** Lets a second pass; finished jobs go to {@code next}. */
    void work(int second, Consumer<SimulatedJob> next) {
        paidSeconds += workers.size();
        for (Worker worker : workers) {
            double time = second >= worker.ready ? 1 : 0;
            while (time > 0) {
                Task task = worker.task == null ? waiting.poll() : worker.task;
                worker.task = task;
                if (task == null) {
                    break;
                }
                double spent = Math.min(time, task.left);
                task.left -= spent;
                time -= spent;
                if (task.left <= 1e-9) {
                    worker.task = null;
                    next.accept(task.job);
                }
            }
        }
    }

    /** Jobs that wait or are worked on. */
    List<SimulatedJob> unfinished() {
        List<SimulatedJob> jobs = new ArrayList<>();
        waiting.forEach(task -> jobs.add(task.job));
        workers.stream().filter(worker -> worker.task != null).forEach(worker -> jobs.add(worker.task.job));
        return jobs;
    }

    int size() {
        return workers.size();
    }

    /** Seconds that all workers were there together, starting up included. */
    long paidSeconds() {
        return paidSeconds;
    }

    /** The number of times that a worker was taken away in the middle of a job. */
    int handedBack() {
        return handedBack;
    }
}
