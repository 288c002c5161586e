package io.stave.engine.blob;

import io.stave.Durability;
import io.stave.WriteOptions;
import io.stave.engine.base.KeyBytes;

/**
 * What a large value is to become the value of.
 *
 * @param key a copy, for the writing may take long
 * @param how the write options
 * @param durability of the record that refers to the blob; the blob itself is forced in any case, for its record may be
 */
record BlobTarget(KeyBytes key, WriteOptions how, Durability durability) {

    static BlobTarget of(KeyBytes key, WriteOptions how, Durability durability) {
        return new BlobTarget(KeyBytes.copyOf(key), how, durability);
    }
}
