package io.cairn.engine.types;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Byte strings, each once, in the order in which they were added.
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

    /** Adds a member; false if it was there. */
    public boolean add(byte[] member) {
        return members.add(new Member(member, MemberHash.of(member)));
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
