package dev.galatea.workqueue;

import dev.galatea.workqueue.ChannelSettings.Mode;

class ClassicGroupWorkQueueTest extends WorkQueueContract {

    @Override
    Mode mode() {
        return Mode.CLASSIC;
    }
}
