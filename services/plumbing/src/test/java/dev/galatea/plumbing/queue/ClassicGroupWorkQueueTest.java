package dev.galatea.plumbing.queue;

import dev.galatea.plumbing.config.GalateaConfig.Queue.Mode;

class ClassicGroupWorkQueueTest extends WorkQueueContract {

    @Override
    Mode mode() {
        return Mode.CLASSIC;
    }
}
