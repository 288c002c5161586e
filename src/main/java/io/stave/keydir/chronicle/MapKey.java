package io.stave.keydir.chronicle;

import io.stave.keydir.Key;

/** A key as the maps take it: bytes of its own, used for one key after the other. Not thread-safe. */
final class MapKey {

    byte[] bytes = {};
    int length;

    MapKey set(Key key) {
        length = key.length();
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        key.copyTo(bytes);
        return this;
    }
}
