package io.stave.cli.tour;

import java.util.List;

/**
 * What a comparison of the store with the acknowledgements and the disk has shown.
 *
 * @param moment when it was made, in words
 * @param acknowledged files that must be there, because their last acknowledged write was a put
 * @param found of those, the ones that are there: equal to the disk byte for byte, with the version acknowledged
 * @param deleted files that must not be there, because their delete was acknowledged
 * @param absent of those, the ones that are not
 * @param inFlight files whose change nobody knows about: either of two states is right
 * @param changedOnDisk files that hold what was put, while the disk holds something else since
 * @param losses files that are not as they must be
 */
record Verdict(
        String moment,
        int acknowledged,
        int found,
        int deleted,
        int absent,
        int inFlight,
        int changedOnDisk,
        List<Loss> losses) {

    Verdict {
        losses = List.copyOf(losses);
    }

    /**
     * A file that is not as it must be.
     *
     * @param name of the file, or something else to go by
     * @param what is wrong with it
     */
    record Loss(String name, String what) {}
}
