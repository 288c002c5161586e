package io.stave;

import java.util.Objects;

/**
 * A file has a format version that this release cannot read: it was written by a newer Stave. The file was not changed.
 *
 * @since 0.1
 */
public final class FormatVersionException extends StaveException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final int found;
    private final int supported;

    /**
     * Describes the mismatch.
     *
     * @param file name of the file, in the store's directory
     * @param found format version the file states
     * @param supported highest format version this release reads
     */
    public FormatVersionException(String file, int found, int supported) {
        super(
                file + " has format version " + Integer.toUnsignedString(found)
                        + ", and this release reads versions up to " + supported
                        + ". Nothing was changed; open the store with the release that wrote it, or a newer one.",
                null);
        this.file = Objects.requireNonNull(file, "file");
        this.found = found;
        this.supported = supported;
    }

    /** {@return the name of the file, in the store's directory} */
    public String file() {
        return file;
    }

    /** {@return the format version that the file states, an unsigned number} */
    public int found() {
        return found;
    }

    /** {@return the highest format version that this release reads} */
    public int supported() {
        return supported;
    }
}
