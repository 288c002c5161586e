package io.stave.engine.damage;

import io.stave.io.FileHeader;
import io.stave.segment.SegmentNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What can happen to the files of a store; each draws where and how from the random numbers it is given. */
enum DamageKind {
    FLIP {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            if (length(store, file) > 0) {
                store.flip(file, random.nextInt(length(store, file)) * 8L + random.nextInt(8));
            }
        }
    },
    BYTES {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            int from = place(store, file, random);
            int count = 1 + random.nextInt(16);
            fill(store, "garbage", file, from, count, random);
        }
    },
    GARBAGE {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            fill(store, "garbage", file, place(store, file, random), 512, random);
        }
    },
    ZEROS {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            int from = place(store, file, random);
            int count = random.nextBoolean() ? 512 : 1 << 30;
            fill(store, "zeros", file, from, count, null);
        }
    },
    SHORTER {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            store.length(file, place(store, file, random));
        }
    },
    EMPTY {
        @Override
        void to(Damaged store, SplittableRandom random) {
            store.length(any(store, random), 0);
        }
    },
    LONGER {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            store.length(file, length(store, file) + 1 + random.nextInt(600));
            if (random.nextBoolean()) {
                fill(store, "garbage", file, store.image().file(file).length, 600, random);
            }
        }
    },
    MISSING {
        @Override
        void to(Damaged store, SplittableRandom random) {
            store.delete(any(store, random));
        }
    },
    UNREADABLE {
        @Override
        void to(Damaged store, SplittableRandom random) {
            store.unreadable(any(store, random));
        }
    },
    SWAPPED {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            String suffix = random.nextInt(4) == 0 ? "" : file.substring(Math.max(0, file.indexOf('.')));
            store.swap(file, one(store.image().files(suffix), random));
        }
    },
    DUPLICATED {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            long id = 1 + random.nextInt(80);
            String suffix = file.endsWith(".hint") ? ".hint" : ".seg";
            String other = SegmentNames.segment(id).replace(".seg", suffix);
            store.put("copy " + file + " to " + other, other, bytes(store, file));
        }
    },
    A_PIECE_ELSEWHERE {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String from = any(store, random);
            String to = any(store, random);
            byte[] source = bytes(store, from);
            int start = place(store, from, random) & -64;
            byte[] piece =
                    Arrays.copyOfRange(source, Math.min(start, source.length), Math.min(start + 512, source.length));
            int at = place(store, to, random) & -64;
            store.change("copy 512 bytes at " + start + " of " + from + " to " + at + " of " + to, to, bytes -> {
                System.arraycopy(
                        piece,
                        0,
                        bytes,
                        Math.min(at, bytes.length),
                        Math.min(piece.length, Math.max(0, bytes.length - at)));
                return bytes;
            });
        }
    },
    EARLIER {
        @Override
        void to(Damaged store, SplittableRandom random) {
            List<Map<String, byte[]>> earlier = store.image().earlier();
            if (!earlier.isEmpty()) {
                int when = random.nextInt(earlier.size());
                String file = one(List.copyOf(earlier.get(when).keySet()), random);
                byte[] bytes = earlier.get(when).get(file);
                String what = "put back " + file + " of time " + when;
                if (file.equals("MANIFEST")) {
                    store.rollBack(what, bytes);
                } else {
                    store.put(what, file, bytes);
                }
            }
        }
    },
    OF_ANOTHER_STORE {
        @Override
        void to(Damaged store, SplittableRandom random) {
            Map<String, byte[]> others = Images.FOREIGN.get().files();
            String file = one(List.copyOf(others.keySet()), random);
            store.put("put in " + file + " of another store", file, others.get(file));
        }
    },
    NEWER_FORMAT {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String file = any(store, random);
            store.put("make " + file + " of a newer format", file, newer(bytes(store, file)));
        }
    },
    EXTRA {
        @Override
        void to(Damaged store, SplittableRandom random) {
            String name = one(EXTRAS, random);
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (!store.image().files().containsKey(name)) {
                store.put("put in " + name, name, bytes);
            }
        }
    };

    private static final List<String> EXTRAS = List.of(
            "MANIFEST.tmp",
            "STATS.tmp",
            "memory-1.tmp",
            "notes.txt",
            "0000000000000001.hint.tmp",
            "000000000000000f.hint",
            "000000000000000f.seg",
            "00000000000000ff.seg",
            "ffffffffffffffff.seg",
            "0000000000000000.seg",
            "0000000000000001.SEG");

    abstract void to(Damaged store, SplittableRandom random);

    /** Any file, segments and hints before others. */
    private static String any(Damaged store, SplittableRandom random) {
        return one(List.copyOf(store.image().files().keySet()), random);
    }

    static <T> T one(List<T> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }

    private static byte[] bytes(Damaged store, String file) {
        byte[] bytes = store.files().get(file);
        return bytes == null ? new byte[0] : bytes;
    }

    private static int length(Damaged store, String file) {
        return Math.min(bytes(store, file).length, store.image().meaningful(file));
    }

    private static int place(Damaged store, String file, SplittableRandom random) {
        int length = length(store, file);
        return length == 0 ? 0 : random.nextInt(length);
    }

    private static void fill(
            Damaged store,
            String what,
            String file,
            int from,
            int most,
            @org.jspecify.annotations.Nullable SplittableRandom random) {
        store.change(what + " in " + file + " from " + from + ", " + most + " bytes", file, bytes -> {
            int to = (int) Math.min(bytes.length, (long) from + most);
            for (int i = from; i < to; i++) {
                bytes[i] = random == null ? 0 : (byte) random.nextInt();
            }
            return bytes;
        });
    }

    /** The same file with the next version in its header, which verifies. */
    static byte[] newer(byte[] file) {
        byte[] newer = file.clone();
        if (newer.length >= FileHeader.LENGTH) {
            ByteBuffer header = ByteBuffer.wrap(newer).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(Long.BYTES, 2);
            FileHeader.seal(header);
        }
        return newer;
    }

    /** One, two or three of them, drawn from a seed. */
    static Damaged drawn(Image image, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Damaged store = new Damaged(image);
        List<DamageKind> kinds = new ArrayList<>(List.of(values()));
        for (int left = random.nextInt(8) < 5 ? 1 : 2 + random.nextInt(2); left > 0; left--) {
            one(kinds, random).to(store, random);
        }
        return store;
    }
}
