package io.stave.keydir;

/**
 * The kinds of keydirs, as they are told apart where one is written down.
 *
 * @since 0.1
 */
public enum KeydirForm {
    /** The tables of a {@link CompactKeydir}. */
    COMPACT("STAVEKEY", 1 << Table.STRIPE_BITS, 3 * Integer.BYTES),

    /** The maps of a keydir that is made of Chronicle Maps. */
    CHRONICLE("STAVECHR", 32, 2 * Integer.BYTES + 4 * Long.BYTES);

    private final String magic;
    private final int parts;
    private final int descriptionLength;

    KeydirForm(String magic, int parts, int descriptionLength) {
        this.magic = magic;
        this.parts = parts;
        this.descriptionLength = descriptionLength;
    }

    /**
     * What a file with such a keydir begins with.
     *
     * @return eight ASCII characters
     */
    public String magic() {
        return magic;
    }

    /**
     * How many parts such a keydir has: a key belongs to one of them, by its fingerprint.
     *
     * @return their number
     */
    public int parts() {
        return parts;
    }

    /**
     * How long the description of a part is.
     *
     * @return bytes
     */
    public int descriptionLength() {
        return descriptionLength;
    }
}
