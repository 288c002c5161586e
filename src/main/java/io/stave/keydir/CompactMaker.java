package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * Makes compact keydirs.
 *
 * @param memory for the tables; must outlive the keydirs
 * @since 0.1
 */
public record CompactMaker(TableMemory memory) implements KeydirMaker<CompactKeydir> {

    @Override
    public KeydirForm form() {
        return KeydirForm.COMPACT;
    }

    @Override
    public KeydirLoader filler() {
        return new KeydirLoader(memory);
    }

    @Override
    public CompactRestorer restorer() {
        return new CompactRestorer(memory);
    }

    @Override
    public TableImage decode(ByteBuffer source) {
        TableImage image = new TableImage(source.getInt(), source.getInt(), source.getInt());
        if (!image.possible()) {
            throw new IllegalArgumentException("no table of a keydir is like " + image);
        }
        return image;
    }
}
