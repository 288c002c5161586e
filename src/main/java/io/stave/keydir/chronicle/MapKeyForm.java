package io.stave.keydir.chronicle;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** How a key lies in a map: its bytes and nothing else. */
final class MapKeyForm implements SizedReader<MapKey>, SizedWriter<MapKey> {

    @Override
    public long size(MapKey key) {
        return key.length;
    }

    @Override
    public void write(Bytes<?> out, long size, MapKey key) {
        out.write(key.bytes, 0, key.length);
    }

    @Override
    public MapKey read(Bytes<?> in, long size, @Nullable MapKey using) {
        MapKey key = using == null ? new MapKey() : using;
        key.length = (int) size;
        key.bytes = new byte[key.length];
        int unused = in.read(key.bytes);
        return key;
    }

    /** Has no state. */
    @Override
    public void readMarshallable(WireIn wire) {}

    @Override
    public void writeMarshallable(WireOut wire) {}
}
