package io.stave.hint;

import io.stave.io.FileWindow;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the entries of a hint at the pace of its caller, in the order in which their records lie in the segment. Each block is verified
 * before the first of its entries is shown, but the blocks behind it are not: what turns out to be wrong may do so late. Not thread-safe.
 */
public final class HintWalk {

    private final HintReader hint;
    private final FileWindow window = new FileWindow();
    private final HintCursor cursor = new HintCursor();

    /** Where the next block begins. */
    private long nextBlock;

    /** In the window: the next entry of this block, how many are left, where they end. */
    private int at;

    private int left;
    private int end;
    private long seen;

    private final long from;
    private long behindLast;

    HintWalk(HintReader hint, long firstBlock, long from) {
        this.hint = hint;
        this.nextBlock = firstBlock;
        this.from = from;
        hint.open(window);
    }

    /**
     * Returns the next entry, or null after the last. It, and the buffer it gives, are valid until the next call.
     *
     * @throws BadHintException if something does not verify, or the file cannot be read, or entries are in another order, which they may be;
     *     what was shown before is right
     */
    public @Nullable HintCursor next() throws BadHintException {
        for (HintCursor entry = step(); entry != null; entry = step()) {
            if (entry.offset() < behindLast) {
                throw hint.bad("its entries are not in the order of the segment");
            }
            behindLast = (long) entry.offset() + entry.recordLength();
            if (entry.offset() >= from) {
                return entry;
            }
        }
        return null;
    }

    private @Nullable HintCursor step() throws BadHintException {
        if (left == 0 && !openBlock()) {
            return null;
        }
        int length = hint.legalEntry(window.buffer(), at, end);
        if (length == 0 || (left == 1 && at + length != end)) {
            throw hint.bad("an entry of the block before offset " + nextBlock + " makes no sense");
        }
        cursor.set(window.buffer(), at);
        at += length;
        left--;
        return cursor;
    }

    private boolean openBlock() throws BadHintException {
        if (nextBlock >= hint.filterOffset()) {
            hint.checkCount(seen);
            return false;
        }
        int payload;
        try {
            payload = hint.verifiedPayload(window, nextBlock);
        } catch (IOException e) {
            throw new BadHintException(hint.fileName(), "it cannot be read", e);
        }
        int block = window.position(nextBlock);
        left = HintFormat.blockEntries(window.buffer(), block);
        at = block + HintFormat.BLOCK_HEADER_LENGTH;
        end = at + payload;
        seen += left;
        if (left <= 0) {
            throw hint.bad("the block at offset " + nextBlock + " has no entries");
        }
        nextBlock += HintFormat.BLOCK_HEADER_LENGTH + payload + HintFormat.CHECKSUM_LENGTH;
        return true;
    }
}
