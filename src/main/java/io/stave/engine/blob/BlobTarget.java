package io.stave.engine.blob;

import io.stave.Durability;
import io.stave.WriteOptions;
import io.stave.engine.base.KeyBytes;

/**
 * What a large value is to become the value of.
 *
 * @param key that of the caller if the value is at hand, else a copy, for the writing may take long
 * @param how the write options
 * @param durability that they come to; of a value that turns out to be short, for a blob and its record are forced in any case
 */
record BlobTarget(KeyBytes key, WriteOptions how, Durability durability) {}
