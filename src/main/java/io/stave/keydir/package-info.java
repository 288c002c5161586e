/**
 * The keydir: which record, in which segment, holds the newest value of each key.
 *
 * <p>{@link io.stave.keydir.CompactKeydir} keeps 24 bytes a key, whatever the key's length: a fingerprint of the key instead of the key.
 * {@link io.stave.keydir.KeydirLoader} fills one while a store is recovered. A {@link io.stave.keydir.KeydirMaker} stands for one kind of keydir. This package knows nothing of files: memory comes from a
 * {@link io.stave.keydir.TableMemory}.
 */
@NullMarked
package io.stave.keydir;

import org.jspecify.annotations.NullMarked;
