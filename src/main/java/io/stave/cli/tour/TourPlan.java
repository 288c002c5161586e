package io.stave.cli.tour;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What is to happen to each file, and in which order: the same plan for the same files, in the parent and in the child.
 *
 * @param segmentLength of the store, in bytes
 * @param files in the order in which they are put first
 * @param roles what happens to each of them afterwards
 * @param changes the files to be overwritten or deleted, as indexes, in this order
 */
record TourPlan(long segmentLength, List<TourFile> files, List<Role> roles, List<Integer> changes) {

    /** What happens to a file after it was put. */
    enum Role {
        /** Nothing: it was put as it is on disk. */
        KEEP,
        /** It was put as a draft, and is put again as it is on disk. */
        OVERWRITE,
        /** It was put as it is on disk, and is deleted. */
        DELETE
    }

    private static final long SEED = 20_260_101L;
    private static final int DELETE_ONE_IN = 10;

    private static final long MIN_SEGMENT_LENGTH = 4 << 10;
    private static final long MAX_SEGMENT_LENGTH = 1 << 30;
    private static final int FEWEST_SEGMENTS = 8;

    TourPlan {
        files = List.copyOf(files);
        roles = List.copyOf(roles);
        changes = List.copyOf(changes);
    }

    /** Plans to overwrite half of the files and to delete a tenth, chosen blindly but always the same. */
    static TourPlan of(TourInput input) {
        List<TourFile> files = input.files();
        int count = files.size();
        int overwrites = (count + 1) / 2;
        int deletes = count < 2 ? 0 : Math.max(1, count / DELETE_ONE_IN);
        List<Role> roles = new ArrayList<>(Collections.nCopies(count, Role.KEEP));
        Collections.fill(roles.subList(0, overwrites), Role.OVERWRITE);
        Collections.fill(roles.subList(overwrites, overwrites + deletes), Role.DELETE);
        Random random = new Random(SEED);
        Collections.shuffle(roles, random);
        List<Integer> changes = new ArrayList<>();
        for (int file = 0; file < count; file++) {
            if (roles.get(file) != Role.KEEP) {
                changes.add(file);
            }
        }
        Collections.shuffle(changes, random);
        return new TourPlan(segmentLength(input.bytes()), files, roles, changes);
    }

    /** A power of two that gives about 8 to 16 segments, so that there is something to see and to merge. */
    static long segmentLength(long inputBytes) {
        long written = inputBytes + inputBytes / 2;
        long length = Long.highestOneBit(Math.max(1, written / FEWEST_SEGMENTS));
        return Math.max(MIN_SEGMENT_LENGTH, Math.min(MAX_SEGMENT_LENGTH, length));
    }

    /** How many files have a role. */
    int count(Role role) {
        return Collections.frequency(roles, role);
    }

    /** Hands the plan to another process. */
    void writeTo(DataOutputStream target) throws IOException {
        target.writeLong(segmentLength);
        target.writeInt(files.size());
        for (int file = 0; file < files.size(); file++) {
            target.writeUTF(files.get(file).name());
            target.writeUTF(files.get(file).path().toString());
            target.writeLong(files.get(file).length());
            target.writeByte(roles.get(file).ordinal());
        }
        target.writeInt(changes.size());
        for (int file : changes) {
            target.writeInt(file);
        }
    }

    /** Takes a plan over from another process. */
    static TourPlan readFrom(DataInputStream source) throws IOException {
        long segmentLength = source.readLong();
        int count = source.readInt();
        List<TourFile> files = new ArrayList<>();
        List<Role> roles = new ArrayList<>();
        for (int file = 0; file < count; file++) {
            files.add(new TourFile(source.readUTF(), Path.of(source.readUTF()), source.readLong()));
            roles.add(Role.values()[source.readByte()]);
        }
        int changeCount = source.readInt();
        List<Integer> changes = new ArrayList<>();
        for (int i = 0; i < changeCount; i++) {
            changes.add(source.readInt());
        }
        return new TourPlan(segmentLength, files, roles, changes);
    }
}
