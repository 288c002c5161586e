package io.stave.keydir.chronicle;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** How a {@link Place} lies in a map: segment, offset with length and flags, order. */
final class PlaceForm implements SizedReader<Place>, SizedWriter<Place> {

    @Override
    public long size(Place place) {
        return Place.LENGTH;
    }

    @Override
    public void write(Bytes<?> out, long size, Place place) {
        out.writeInt(place.segment).writeLong(place.packed).writeLong(place.order);
    }

    @Override
    public Place read(Bytes<?> in, long size, @Nullable Place using) {
        Place place = using == null ? new Place() : using;
        place.set(in.readInt(), in.readLong(), in.readLong());
        return place;
    }

    /** Has no state. */
    @Override
    public void readMarshallable(WireIn wire) {}

    @Override
    public void writeMarshallable(WireOut wire) {}
}
