package dev.galatea.gateway.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import org.jspecify.annotations.Nullable;

/**
 * The items that one reader has yet to be sent, in the order in which they came and of bounded number. If a reader does
 * not keep up, older items make room for newer ones of the same subject, and reports for states; that a job is done is
 * never dropped. A reader with a buffer full of those is sent {@link StreamItem.End}. Adding never blocks and builds
 * nothing. Thread-safe; one reader takes.
 */
final class EventBuffer {

    private final int capacity;
    private final Deque<StreamItem> items = new ArrayDeque<>();
    private @Nullable UniEmitter<? super StreamItem> taker;
    private boolean ended;

    EventBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Adds an item, and drops what has to make room for it. */
    void add(StreamItem item) {
        UniEmitter<? super StreamItem> waiting;
        synchronized (this) {
            if (ended) {
                return;
            }
            waiting = taker;
            taker = null;
            if (waiting == null) {
                enqueue(item);
            }
        }
        if (waiting != null) {
            waiting.complete(item);
        }
    }

    /** Takes the oldest item, as soon as there is one. */
    Uni<StreamItem> next() {
        return Uni.createFrom().emitter(emitter -> {
            StreamItem item;
            synchronized (this) {
                item = items.poll();
                if (item == null) {
                    taker = emitter;
                }
            }
            if (item != null) {
                emitter.complete(item);
            }
        });
    }

    /** The number of items that wait. */
    synchronized int size() {
        return items.size();
    }

    private void enqueue(StreamItem item) {
        if (items.size() >= capacity) {
            makeRoom();
        }
        if (items.size() >= capacity) {
            items.clear();
            items.add(new StreamItem.End());
            ended = true;
            return;
        }
        items.add(item);
    }

    /** Frees half of the buffer or more, so that room is seldom looked for, unless it is filled by ends of jobs. */
    private void makeRoom() {
        keepNewestOfEachSubject();
        dropIfFull(StreamItem::isReport);
        dropIfFull(item -> !item.isFinal());
    }

    private void keepNewestOfEachSubject() {
        Set<String> subjects = new HashSet<>();
        List<StreamItem> kept = new ArrayList<>();
        for (Iterator<StreamItem> newestFirst = items.descendingIterator(); newestFirst.hasNext(); ) {
            StreamItem item = newestFirst.next();
            if (subjects.add(item.subject()) || item.isFinal()) {
                kept.add(item);
            }
        }
        Collections.reverse(kept);
        items.clear();
        items.addAll(kept);
    }

    private void dropIfFull(Predicate<StreamItem> which) {
        if (items.size() > capacity / 2) {
            items.removeIf(which);
        }
    }
}
