package io.cairn.engine.types;

import io.cairn.engine.keyspace.Limits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Byte strings, each once, in the order in which they were added.
 *
 * <p>Knows whether it could have been an intset all the time: Redis computes in a set and stores that, and a set that is an
 * intset no longer does not become one again when members are removed.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class MemberSet implements Iterable<byte[]> {
    /** Hash kept, so that a set that grows does not read its members again. */
    private record Member(byte[] bytes, int hash) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Member member
                    && member.hash == hash
                    && java.util.Arrays.equals(member.bytes, bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final Set<Member> members = new LinkedHashSet<>();
    private boolean hadWord;
    private int most;

    /** Adds a member; false if it was there. */
    public boolean add(byte[] member) {
        if (!members.add(new Member(member, MemberHash.of(member)))) {
            return false;
        }
        hadWord = hadWord || !Decimal.isCanonical(member);
        most = Math.max(most, members.size());
        return true;
    }

    /** Whether there never were more than integers, nor too many of them. */
    boolean wasAlwaysIntset(Limits limits) {
        return !hadWord && most <= limits.setMaxIntsetEntries();
    }

    /** Removes a member; false if it was not there. */
    public boolean remove(byte[] member) {
        return members.remove(new Member(member, MemberHash.of(member)));
    }

    /** Whether the member is there. */
    public boolean contains(byte[] member) {
        return members.contains(new Member(member, MemberHash.of(member)));
    }

    /** Number of members. */
    public int size() {
        return members.size();
    }

    /** All members, a fresh list. */
    public List<byte[]> toList() {
        List<byte[]> list = new ArrayList<>(members.size());
        for (Member member : members) {
            list.add(member.bytes);
        }
        return list;
    }

    @Override
    public Iterator<byte[]> iterator() {
        Iterator<Member> inner = members.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return inner.hasNext();
            }

            @Override
            public byte[] next() {
                return inner.next().bytes();
            }
        };
    }
}
