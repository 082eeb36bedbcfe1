package dev.galatea.systemtests;

/** No fault: every prompt once, as the reference. Always the first. */
final class BaselineDrill implements Drill {

    @Override
    public String title() {
        return "undisturbed";
    }

    @Override
    public String description() {
        return "every prompt once, without a fault: what all later results are held against";
    }

    @Override
    public void run(DrillContext context) {
        context.submitSome(DrillContext.VARIANTS);
    }
}
