package io.stave.compare.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What peers say of themselves: the page repeats it, and decides by it who stands beside whom. */
class PeersTest {
    @Test
    void noTwoPeersShareANameOrATitle() {
        Set<String> names = new HashSet<>();
        Set<String> titles = new HashSet<>();
        for (Peer peer : Peers.all()) {
            assertEquals(peer, Peers.named(peer.name()));
            names.add(peer.name());
            titles.add(peer.title());
        }
        assertEquals(Peers.all().size(), names.size());
        assertEquals(Peers.all().size(), titles.size());
    }

    @Test
    void everyPeerTakesPartWhereNothingIsForcedAndSaysHowItIsSet() {
        for (Peer peer : Peers.all()) {
            assertNotEquals(Promise.FORCED, peer.promise(Mode.UNFORCED), peer.name());
            assertFalse(peer.settings().isEmpty(), peer.name());
        }
    }

    @Test
    void whoDoesNotForceSaysSo() {
        for (Peer peer : Peers.all()) {
            boolean never = Set.of("chronicle-map", "lmdb-writemap").contains(peer.name());
            if (never) {
                assertNull(peer.promise(Mode.FORCED), peer.name());
            } else {
                assertEquals(Promise.FORCED, peer.promise(Mode.FORCED), peer.name());
            }
        }
    }
}
