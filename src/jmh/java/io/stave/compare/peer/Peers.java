package io.stave.compare.peer;

import java.util.List;
import java.util.NoSuchElementException;

/** All peers there are. */
public final class Peers {
    /** The peer that all others are compared with. */
    public static final String STAVE = "stave";

    private static final List<Peer> ALL = List.of(
            new StavePeer(false),
            new RocksPeer(RocksPeer.Form.DEFAULT),
            new RocksPeer(RocksPeer.Form.TUNED),
            new RocksPeer(RocksPeer.Form.MMAP),
            new RocksPeer(RocksPeer.Form.BLOB),
            new LmdbPeer(false),
            new LmdbPeer(true),
            new HaloPeer(),
            new ChroniclePeer(),
            new MapDbPeer(),
            new MvStorePeer(),
            new XodusPeer(),
            new StavePeer(true),
            new LimitPeer());

    private Peers() {}

    /** {@return all peers, in the order of tables} */
    public static List<Peer> all() {
        return ALL;
    }

    /** {@return the peer of that name} */
    public static Peer named(String name) {
        return ALL.stream()
                .filter(peer -> peer.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no peer " + name));
    }
}
