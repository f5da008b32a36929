package io.cairn.server.command.connection;

import io.cairn.server.session.Session;
import io.cairn.server.session.Topic;

/** A client as CLIENT LIST shows it: Redis's fields; those of its buffers are 0, they do not exist here. */
final class ClientLine {
    private ClientLine() {}

    static String of(Session session, long nowMillis) {
        boolean inMulti = session.transaction().isOpen();
        return "id=" + session.id()
                + " addr=" + session.address()
                + " laddr=" + session.localAddress()
                + " fd=" + session.id()
                + " name=" + session.name()
                + " age=" + Math.max(0, nowMillis - session.createdMillis()) / 1000
                + " idle=" + Math.max(0, nowMillis - session.lastActiveMillis()) / 1000
                + " flags=" + flags(session)
                + " db=" + session.db()
                + " sub=" + session.subscriptions().count(Topic.Kind.CHANNEL)
                + " psub=" + session.subscriptions().count(Topic.Kind.PATTERN)
                + " ssub=" + session.subscriptions().count(Topic.Kind.SHARD)
                + " multi=" + (inMulti ? session.transaction().queue().size() : -1)
                + " qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r"
                + " cmd=" + session.lastCommand()
                + " user=" + (session.isAuthenticated() ? session.user() : "(superuser)")
                + " redir=-1 resp=" + session.protocol();
    }

    private static String flags(Session session) {
        StringBuilder flags = new StringBuilder();
        switch (session.kind()) {
            case MASTER -> flags.append('M');
            case REPLICA -> flags.append('S');
            case PUBSUB -> flags.append('P');
            case NORMAL -> {}
        }
        if (session.transaction().isOpen()) {
            flags.append('x');
        }
        if (session.isDeferred()) {
            flags.append('b');
        }
        if (session.isClosing()) {
            flags.append('c');
        }
        if (session.noEvict()) {
            flags.append('e');
        }
        if (session.noTouch()) {
            flags.append('T');
        }
        return flags.isEmpty() ? "N" : flags.toString();
    }
}
