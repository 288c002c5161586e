package io.stave;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class EntryTest {
    @Test
    void entriesAreEqualIfTheirContentsAre() {
        Entry entry = entry("key", "value", 7);

        assertEquals(entry, entry("key", "value", 7));
        assertEquals(entry.hashCode(), entry("key", "value", 7).hashCode());
        assertNotEquals(entry, entry("kez", "value", 7));
        assertNotEquals(entry, entry("key", "valuf", 7));
        assertNotEquals(entry, entry("key", "value", 8));
        assertNotEquals(entry, entry("keyv", "alue", 7));
        assertNotEquals(entry, expiring(1));
        assertNotEquals(expiring(1), expiring(2));
        assertEquals(expiring(1), expiring(1));
        assertEquals(expiring(1).hashCode(), expiring(1).hashCode());
    }

    @Test
    void arraysAreNotCopied() {
        byte[] key = {1};
        byte[] value = {};

        Entry entry = new Entry(key, value, 1);

        assertSame(key, entry.key());
        assertSame(value, entry.value());
    }

    @Test
    void contentsDoNotAppearInLogs() {
        String text = entry("user", "secret", 3).toString();

        assertFalse(text.contains("secret") || text.contains("user"), text);
        assertEquals("Entry[key=4 bytes, value=6 bytes, version=3]", text);
        assertEquals(
                "Entry[key=3 bytes, value=5 bytes, version=7, expiry=1970-01-01T00:00:00.001Z]",
                expiring(1).toString());
    }

    @Test
    void anEntryHasAVersion() {
        String message = assertThrows(IllegalArgumentException.class, () -> entry("k", "v", Stave.NO_VERSION))
                .getMessage();
        assertTrue(message.endsWith(": 0"), message);
    }

    @Test
    void anEntryExpiresIfItWasToldTo() {
        assertNull(entry("key", "value", 7).expiry());
        assertEquals(Instant.ofEpochMilli(9), expiring(9).expiry());
    }

    private static Entry expiring(long millis) {
        return new Entry("key".getBytes(UTF_8), "value".getBytes(UTF_8), 7, Instant.ofEpochMilli(millis));
    }

    private static Entry entry(String key, String value, long version) {
        return new Entry(key.getBytes(UTF_8), value.getBytes(UTF_8), version);
    }
}
