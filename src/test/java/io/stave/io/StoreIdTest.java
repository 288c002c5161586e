package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StoreIdTest {

    @Test
    void itIsShownAsTheBytesOnDisk() {
        StoreId id = new StoreId(0x1122334455667788L, 0x99AABBCCDDEEFF00L);
        ByteBuffer bytes = ByteBuffer.allocate(3 + StoreId.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        id.put(bytes, 3);
        assertEquals(HexFormat.of().formatHex(bytes.array(), 3, 3 + StoreId.LENGTH), id.toString());
        assertEquals(id, StoreId.get(bytes, 3));
    }

    @Test
    void noTwoStoresAreTheSame() {
        assertNotEquals(StoreId.random(), StoreId.random());
    }
}
