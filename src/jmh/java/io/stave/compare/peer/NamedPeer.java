package io.stave.compare.peer;

/** What every peer says in the same way: its name, its title and its version. */
abstract class NamedPeer implements Peer {
    private final String name;
    private final String title;
    private final String version;

    NamedPeer(String name, String title, String version) {
        this.name = name;
        this.title = title;
        this.version = version;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String title() {
        return title;
    }

    @Override
    public final String version() {
        return version;
    }
}
