package io.stave.crash;

import io.stave.BlobReader;
import io.stave.BlobUpload;
import io.stave.PendingUpload;
import io.stave.Stave;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What a child does with one large value, in little memory. It says how far it has come, and is killed in between. */
final class LargeValueWork {

    /** A chunk of an upload was acknowledged: its index. */
    static final String SENT = "SENT";

    /** A sixteenth of a stream has been read, and how many were before. */
    static final String PART = "PART";

    /** The chunks of a resumed upload that were there. */
    static final String FOUND = "FOUND";

    /** The digest of the value as a verified stream. */
    static final String STREAMED = "STREAMED";

    /** The digest of the file it was transferred to. */
    static final String TRANSFERRED = "TRANSFERRED";

    /** How many parts a stream has. */
    static final int PARTS = 16;

    /** What the key held before the upload. */
    static final byte[] OLD = "old".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] KEY = "large".getBytes(StandardCharsets.US_ASCII);

    private final Stave store;
    private final LargeValue value;

    private LargeValueWork(Stave store, LargeValue value) {
        this.store = store;
        this.value = value;
    }

    /** What a child is to do. */
    enum Deed {
        UPLOAD,
        RESUME,
        PUT,
        READ
    }

    static List<String> arguments(Deed deed, Path directory, LargeValue value) {
        return List.of(deed.name(), directory.toString(), "" + value.seed(), "" + value.length());
    }

    /** Does a deed on the store in a directory, with a value of a seed and a length. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        LargeValue value = new LargeValue(Long.parseLong(arguments[2]), Long.parseLong(arguments[3]));
        try (Stave store = Stave.open(directory)) {
            Run.say(Run.READY, arguments[0]);
            LargeValueWork work = new LargeValueWork(store, value);
            switch (Deed.valueOf(arguments[0])) {
                case UPLOAD -> work.upload();
                case RESUME -> work.resume();
                case PUT -> work.put();
                case READ -> work.read(directory.resolveSibling("transferred"));
            }
        }
        Run.say(Run.CLOSED, "");
    }

    private void upload() {
        store.put(KEY, OLD);
        try (BlobUpload upload = store.beginUpload(KEY)) {
            sendMissing(upload);
        }
    }

    private void resume() {
        List<PendingUpload> pending = store.uploads();
        if (pending.size() != 1 || !Arrays.equals(KEY, pending.get(0).key())) {
            Run.say(Run.VIOLATION, "uploads: " + pending);
            return;
        }
        if (!Arrays.equals(OLD, store.get(KEY))) {
            Run.say(Run.VIOLATION, "the key does not hold what it held before the upload");
        }
        try (BlobUpload upload = store.resumeUpload(pending.get(0).id())) {
            Run.say(FOUND, upload.chunks().toString());
            sendMissing(upload);
            long unused = upload.commit();
        }
        if (!store.uploads().isEmpty()) {
            Run.say(Run.VIOLATION, "an upload is left after the commit");
        }
    }

    /** In an order of the seed's: chunks may arrive in any. */
    private void sendMissing(BlobUpload upload) {
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < value.chunks(upload.chunkLength()); i++) {
            missing.add(i);
        }
        Collections.shuffle(missing, new Random(value.seed()));
        missing.removeAll(upload.chunks());
        for (int index : missing) {
            upload.write(index, value.chunk(index, upload.chunkLength()));
            Run.say(SENT, "" + index);
        }
    }

    private void put() throws IOException {
        long part = value.length() / PARTS;
        long[] said = new long[1];
        InputStream stream = value.stream(read -> {
            while (read >= said[0] * part) {
                Run.say(PART, "" + said[0]++);
            }
        });
        long unused = store.put(KEY, stream);
    }

    private void read(Path file) throws IOException {
        try (BlobReader reader = store.openReader(KEY)) {
            if (reader == null) {
                Run.say(Run.VIOLATION, "the key is absent");
                return;
            }
            Run.say(STREAMED, LargeValue.digest(reader.stream()));
            try (FileChannel target = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (long at = 0; at < reader.size(); ) {
                    at += reader.transferTo(at, reader.size() - at, target);
                }
            }
        }
        try (InputStream in = Files.newInputStream(file)) {
            Run.say(TRANSFERRED, LargeValue.digest(in));
        }
        Files.delete(file);
    }
}
