package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A stream in its parts, told apart by what they say (and not by what is only a hint or is not replicated). */
final class StreamParts {
    private final List<StreamPart> parts;
    private final List<String> lines = new ArrayList<>();

    StreamParts(List<StreamPart> parts) {
        this.parts = List.copyOf(parts);
        for (StreamPart part : parts) {
            line(part);
        }
    }

    private void line(StreamPart part) {
        if (part instanceof StreamPart.Entry entry) {
            List<String> words = new ArrayList<>();
            for (byte[] word : entry.words()) {
                words.add(Dump.text(word));
            }
            lines.add(entry.id() + " " + words);
        } else if (part instanceof StreamPart.Group group) {
            lines.add(
                    Dump.text(group.name()) + " " + group.lastId() + " " + group.entriesRead() + " " + group.pending());
        } else if (part instanceof StreamPart.Consumer consumer) {
            lines.add(Dump.text(consumer.name()) + " " + consumer.seenMillis() + " " + consumer.pending());
        } else if (!(part instanceof StreamPart.Head)) {
            lines.add(part.toString());
        }
    }

    void drain(EntrySink sink, int db, byte[] key, long expireAtMillis) throws IOException {
        long entries = parts.stream().filter(StreamPart.Entry.class::isInstance).count();
        sink.begin(db, key, expireAtMillis, ValueType.STREAM, entries);
        if (!(parts.get(0) instanceof StreamPart.Head)) {
            sink.part(new StreamPart.Head(widest(), false));
        }
        for (StreamPart part : parts) {
            sink.part(part);
        }
        sink.end();
    }

    private int widest() {
        int widest = 0;
        for (StreamPart part : parts) {
            if (part instanceof StreamPart.Entry entry) {
                int bytes = 0;
                for (byte[] word : entry.words()) {
                    bytes += word.length;
                }
                widest = Math.max(widest, bytes);
            }
        }
        return widest;
    }

    /** A stream with gaps, groups and pending entries; or one of which nothing was ever deleted. */
    static StreamParts random(Random random) {
        List<StreamPart> parts = new ArrayList<>();
        boolean plain = random.nextBoolean();
        int widest = random.nextInt(3) == 0 ? 9000 : 40;
        parts.add(new StreamPart.Head(widest, plain));
        List<StreamId> ids = new ArrayList<>();
        StreamId id = new StreamId(random.nextInt(5), 1);
        for (int left = random.nextInt(250); left > 0; left--) {
            ids.add(id);
            parts.add(new StreamPart.Entry(id, words(random, widest)));
            long step = random.nextInt(3) == 0 ? 1L << random.nextInt(40) : 0;
            id = step == 0 ? id.next() : new StreamId(id.millis() + step, random.nextInt(3));
        }
        StreamId first = ids.isEmpty() ? StreamId.ZERO : ids.get(0);
        StreamId last = ids.isEmpty() ? StreamId.ZERO : ids.get(ids.size() - 1);
        StreamId deleted = plain || ids.isEmpty() ? StreamId.ZERO : ids.get(random.nextInt(ids.size()));
        long added = plain ? ids.size() : ids.size() + (long) random.nextInt(1000);
        int groups = random.nextInt(4);
        StreamPart.State state = new StreamPart.State(ids.size(), last, first, deleted, added, groups);
        parts.add(state);
        for (int i = 0; i < groups; i++) {
            group(parts, random, state, plain, ids, i);
        }
        return new StreamParts(parts);
    }

    private static byte[][] words(Random random, int widest) {
        byte[][] words = new byte[2 + 2 * random.nextInt(3)][];
        for (int i = 0; i < words.length; i++) {
            boolean number = random.nextInt(3) == 0;
            String text = number
                    ? Long.toString(random.nextLong() >> random.nextInt(64))
                    : "w" + random.nextInt(4) + "x".repeat(random.nextInt(10) == 0 ? widest / 7 : 0);
            words[i] = Dump.bytes(i % 2 == 0 ? "field" + random.nextInt(2) : text);
        }
        return words;
    }

    private static void group(
            List<StreamPart> parts,
            Random random,
            StreamPart.State state,
            boolean plain,
            List<StreamId> ids,
            int number) {
        List<List<StreamId>> claims = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            claims.add(new ArrayList<>());
        }
        List<StreamPart> pending = new ArrayList<>();
        for (StreamId id : ids) {
            if (!claims.isEmpty() && random.nextInt(3) == 0) {
                pending.add(new StreamPart.Pending(id, random.nextInt(1 << 30), random.nextInt(300)));
                claims.get(random.nextInt(claims.size())).add(id);
            }
        }
        StreamId last = random.nextBoolean() ? state.lastId() : state.firstId();
        long read = plain ? state.added(last) : random.nextInt(100) - 1L;
        parts.add(new StreamPart.Group(Dump.bytes("group" + number), last, read, pending.size()));
        parts.addAll(pending);
        parts.add(new StreamPart.Consumers(claims.size()));
        for (int i = 0; i < claims.size(); i++) {
            byte[] name = Dump.bytes("consumer" + i);
            parts.add(new StreamPart.Consumer(
                    name, random.nextInt(1 << 30), claims.get(i).size()));
            claims.get(i).forEach(id -> parts.add(new StreamPart.Claimed(id)));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StreamParts stream && stream.lines.equals(lines);
    }

    @Override
    public int hashCode() {
        return lines.hashCode();
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}
