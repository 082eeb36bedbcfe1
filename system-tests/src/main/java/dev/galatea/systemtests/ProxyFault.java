package dev.galatea.systemtests;

/** The connections to the store are disturbed. */
record ProxyFault(StoreProxy.Mode mode) implements StoreFault {

    @Override
    public void begin(Scene scene) {
        scene.proxy().mode(mode);
    }

    @Override
    public void end(Scene scene) {
        long disturbed = scene.proxy().pass();
        scene.figure(disturbed + " connections disturbed");
        scene.require(disturbed > 0, "no connection was disturbed: the drill showed nothing");
    }
}
