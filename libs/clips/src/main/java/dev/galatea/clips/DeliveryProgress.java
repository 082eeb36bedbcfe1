package dev.galatea.clips;

import dev.galatea.model.event.ProgressDetail;
import dev.galatea.stage.Delivery;

/** Tells the delivery of a stage's request how far its clip is. */
public interface DeliveryProgress extends ClipProgress {

    /** Where to tell it. */
    Delivery delivery();

    @Override
    default void framesDone(int done, int all) {
        delivery().report(new ProgressDetail.Step(done, all), "frames/" + done);
    }

    @Override
    default void uploading(long bytes) {
        delivery()
                .report(
                        new ProgressDetail.Uploading(bytes),
                        "uploading/" + delivery().attempt());
    }
}
