package dev.galatea.systemtests;

/** The connections to the store are disturbed. */
record ProxyFault(StoreProxy.Mode mode) implements StoreFault {

    @Override
    public void begin(DrillContext context) {
        context.proxy().mode(mode);
    }

    @Override
    public void end(DrillContext context) {
        long disturbed = context.proxy().pass();
        context.figure(disturbed + " connections disturbed");
        context.require(disturbed > 0, "no connection was disturbed: the drill showed nothing");
    }
}
