package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeyHashTest {

    /** The secret 00 01 .. 0f. */
    private static final KeyHash REFERENCE = new KeyHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    /** What the reference implementation gives for the messages of 0, 1, 2 .. bytes 00 01 02 ..; see vectors_sip128 in its vectors.h. */
    private static final String[] VECTORS = {
        "a3817f04ba25a8e66df67214c7550293",
        "da87c1d86b99af44347659119b22fc45",
        "8177228da4a45dc7fca38bdef60affe4",
        "9c70b60c5267a94e5f33b6b02985ed51",
        "f88164c12d9c8faf7d0f6e7c7bcd5579",
        "1368875980776f8854527a07690e9627",
        "14eeca338b208613485ea0308fd7a15e",
        "a1f1ebbed8dbc153c0b84aa61ff08239",
        "3b62a9ba6258f5610f83e264f31497b4",
        "264499060ad9baabc47f8b02bb6d71ed",
        "00110dc378146956c95447d3f3d0fbba",
        "0151c568386b6677a2b4dc6f81e5dc18",
        "d626b266905ef35882634df68532c125",
        "9869e247e9c08b10d029934fc4b952f7",
        "31fcefac66d7de9c7ec7485fe4494902",
        "5493e99933b0a8117e08ec0f97cfc3d9",
        "6ee2a4ca67b054bbfd3315bf85230577",
    };

    /** Likewise for 63 bytes. */
    private static final String VECTOR_63 = "5150d1772f50834a503e069a973fbd7c";

    @Test
    void fingerprintIsTheFirst96BitsOfTheReferenceVectors() {
        for (int length = 0; length < VECTORS.length; length++) {
            assertFingerprint(VECTORS[length], length);
        }
        assertFingerprint(VECTOR_63, 63);
    }

    @Test
    void everyFormOfTheSameKeyGivesTheSameFingerprint() {
        for (int length = 0; length <= 40; length++) {
            for (int offset = 0; offset < 9; offset++) {
                byte[] array = new byte[offset + length + 3];
                for (int i = 0; i < length; i++) {
                    array[offset + i] = (byte) (i * 37 - length);
                }
                Fingerprint expected = new Fingerprint();
                REFERENCE.hash(array, offset, length, expected);
                ByteBuffer direct = ByteBuffer.allocateDirect(array.length).put(array);
                for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.wrap(array), direct, direct.asReadOnlyBuffer()}) {
                    buffer.position(buffer.limit() / 2)
                            .order(length % 2 == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
                    Fingerprint actual = new Fingerprint();
                    REFERENCE.hash(buffer, offset, length, actual);
                    assertEquals(expected.toString(), actual.toString());
                    assertEquals(buffer.limit() / 2, buffer.position(), "position");
                }
            }
        }
    }

    @Test
    void anotherSecretGivesAnotherFingerprint() {
        Fingerprint one = new Fingerprint();
        Fingerprint other = new Fingerprint();
        REFERENCE.hash(new byte[5], 0, 5, one);
        new KeyHash(1, 2).hash(new byte[5], 0, 5, other);
        assertNotEquals(one.high, other.high);
        assertNotEquals(one.low, other.low);
    }

    @Test
    void rangesOutsideTheKeyAreRefused() {
        Fingerprint out = new Fingerprint();
        byte[] array = new byte[20];
        ByteBuffer limited = ByteBuffer.allocate(20).limit(10);
        assertThrows(IndexOutOfBoundsException.class, () -> REFERENCE.hash(array, 15, 6, out));
        assertThrows(IndexOutOfBoundsException.class, () -> REFERENCE.hash(array, -1, 6, out));
        assertThrows(IndexOutOfBoundsException.class, () -> REFERENCE.hash(array, 0, -1, out));
        assertThrows(IndexOutOfBoundsException.class, () -> REFERENCE.hash(limited, 5, 6, out));
    }

    private static void assertFingerprint(String vector, int length) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) i;
        }
        ByteBuffer output = ByteBuffer.wrap(HexFormat.of().parseHex(vector)).order(ByteOrder.LITTLE_ENDIAN);
        Fingerprint actual = new Fingerprint();
        REFERENCE.hash(message, 0, length, actual);
        assertEquals(output.getLong(0), actual.high, "high, length " + length);
        assertEquals(output.getInt(8), actual.low, "low, length " + length);
    }
}
