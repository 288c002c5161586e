package io.stave.engine.enumeration;

import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What makes two crash states the same: the names and bytes of all files, by their SHA-256, and what the clock shows.
 *
 * <p>But for the bytes of {@code OWNER}: nobody who opens a store looks at them, they hold the time of day, and they are never forced, so
 * that each state would be there twice.
 */
record Content(long first, long second, long now) {

    private static final String OWNER = "OWNER";

    static Content of(SimulatedDirectory directory, long now) {
        MessageDigest digest = digest();
        ByteBuffer lengths = ByteBuffer.allocate(Integer.BYTES);
        try {
            for (String name : directory.list()) {
                byte[] content = name.equals(OWNER) ? new byte[0] : directory.content(name);
                digest.update(name.getBytes());
                digest.update(lengths.putInt(0, content.length).array());
                digest.update(content);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new Content(hash.getLong(), hash.getLong(), now);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
