package dev.galatea.stage.queue;

import dev.galatea.events.QueueConfig.Mode;

class ClassicGroupWorkQueueTest extends WorkQueueContract {

    @Override
    Mode mode() {
        return Mode.CLASSIC;
    }
}
