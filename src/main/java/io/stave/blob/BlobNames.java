package io.stave.blob;

import java.util.HexFormat;
import java.util.OptionalLong;

/** File names of blobs and of the journals of uploads: the id as 16 lower-case hexadecimal digits, and {@code .blob} or {@code .upload}. */
public final class BlobNames {

    private static final String BLOB = ".blob";
    private static final String UPLOAD = ".upload";
    private static final int DIGITS = 16;

    private BlobNames() {}

    /** Returns the file name of a blob. */
    public static String blob(long id) {
        return HexFormat.of().toHexDigits(id) + BLOB;
    }

    /** Returns the file name of the journal of an upload to a blob. */
    public static String upload(long id) {
        return HexFormat.of().toHexDigits(id) + UPLOAD;
    }

    /** Returns the id of the blob that a file name stands for; empty if for none. */
    public static OptionalLong parseBlob(String name) {
        return parse(name, BLOB);
    }

    /** Returns the id of the upload that a file name stands for; empty if for none. */
    public static OptionalLong parseUpload(String name) {
        return parse(name, UPLOAD);
    }

    private static OptionalLong parse(String name, String suffix) {
        if (!name.endsWith(suffix) || !name.matches("[0-9a-f]{" + DIGITS + "}\\.[a-z]+")) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(HexFormat.fromHexDigitsToLong(name, 0, DIGITS));
    }
}
