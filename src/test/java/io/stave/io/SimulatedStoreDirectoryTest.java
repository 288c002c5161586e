package io.stave.io;

/** The contract, on the simulation. */
class SimulatedStoreDirectoryTest extends StoreDirectoryContract {
    @Override
    StoreDirectory newDirectory() {
        return new SimulatedDirectory();
    }
}
