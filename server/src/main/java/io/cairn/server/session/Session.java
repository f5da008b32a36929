package io.cairn.server.session;

import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.Reply;
import org.jspecify.annotations.Nullable;

/**
 * One client: who it is, what it has selected, what it is in the middle of.
 *
 * <p>Commands of a session run one after another, on its event loop or, one at a time, on a disk thread. Other threads
 * may read what CLIENT LIST shows; such a view need not be of one moment.
 *
 * <p><i>Confined to the thread that runs the session's commands.</i>
 */
public final class Session implements Caller {
    /** What a client is to CLIENT LIST and CLIENT KILL TYPE. */
    public enum Kind {
        NORMAL,
        MASTER,
        REPLICA,
        PUBSUB
    }

    /** Whether replies are sent (CLIENT REPLY). */
    public enum Replies {
        ON,
        OFF,
        /** Nothing for this command, which switched to it. */
        SKIP_THIS,
        /** Nothing for the next command. */
        SKIP_NEXT
    }

    private final long id;
    private final String address;
    private final String localAddress;
    private final long createdMillis;
    private final Cursors cursors;
    private final Wire wire;
    private final Transaction transaction = new Transaction();
    private final WatchedKeys watched = new WatchedKeys();
    private final Subscriptions subscriptions = new Subscriptions();

    private volatile Kind kind = Kind.NORMAL;
    private volatile String name = "";
    private volatile String user = "default";
    private volatile String lastCommand = "NULL";
    private volatile long lastActiveMillis;
    private volatile int db;
    private volatile int protocol = 2;
    private volatile boolean authenticated;
    private volatile boolean noEvict;
    private volatile boolean noTouch;
    private volatile boolean closing;
    private Replies replies = Replies.ON;
    private volatile @Nullable Deferral deferral;
    private int scriptProtocol;
    private boolean offsetIsOld;
    private long writtenUpTo;

    /** A new client. */
    public Session(
            long id,
            Wire wire,
            String address,
            String localAddress,
            long nowMillis,
            boolean loggedIn,
            Cursors cursors) {
        this.id = id;
        this.wire = wire;
        this.address = address;
        this.localAddress = localAddress;
        this.createdMillis = nowMillis;
        this.lastActiveMillis = nowMillis;
        this.authenticated = loggedIn;
        this.cursors = cursors;
    }

    /** The session behind a call; calls out of a stream have none and never get here. */
    public static Session of(Call call) {
        if (call.caller() instanceof Session session) {
            return session;
        }
        throw new IllegalStateException("a command of connections came without one");
    }

    /** Number of the client, never given twice. */
    public long id() {
        return id;
    }

    /** The connection. */
    public Wire wire() {
        return wire;
    }

    /** Remote address, {@code ip:port}, or the socket's path and {@code :0}. */
    public String address() {
        return address;
    }

    /** Local address, in the same form. */
    public String localAddress() {
        return localAddress;
    }

    /** Wall clock at the start. */
    public long createdMillis() {
        return createdMillis;
    }

    /** Wall clock of the last command. */
    public long lastActiveMillis() {
        return lastActiveMillis;
    }

    /** Notes that the client is about to run a command. */
    public void active(long nowMillis, String commandName) {
        lastActiveMillis = nowMillis;
        lastCommand = commandName;
    }

    /** Full name of the last command. */
    public String lastCommand() {
        return lastCommand;
    }

    /** What the client is. */
    public Kind kind() {
        return kind;
    }

    /** Changes what the client is. */
    public void kind(Kind next) {
        kind = next;
    }

    /** The client's own name for itself, or empty. */
    public String name() {
        return name;
    }

    /** Sets {@link #name()}. */
    public void name(String next) {
        name = next;
    }

    /** The user it is logged in as. */
    public String user() {
        return user;
    }

    /** Whether it may run more than the commands of a login. */
    public boolean isAuthenticated() {
        return authenticated;
    }

    /** Logs in or out. */
    public void authenticated(boolean now, String asUser) {
        authenticated = now;
        user = asUser;
    }

    /** Database selected. */
    public int db() {
        return db;
    }

    /** Selects a database. */
    public void db(int next) {
        db = next;
    }

    @Override
    public int protocol() {
        return scriptProtocol == 0 ? protocol : scriptProtocol;
    }

    /** Says in which RESP version commands of a script answer that runs for the client; 0 when none does. */
    public void scriptProtocol(int version) {
        scriptProtocol = version;
    }

    @Override
    public boolean isScript() {
        return scriptProtocol != 0;
    }

    /** Changes the RESP version. */
    public void protocol(int next) {
        protocol = next;
    }

    /** Whether it is exempt from eviction (CLIENT NO-EVICT); shown, nothing more: clients are not evicted here. */
    public boolean noEvict() {
        return noEvict;
    }

    /** Sets {@link #noEvict()}. */
    public void noEvict(boolean now) {
        noEvict = now;
    }

    /** Whether its commands are no use of the keys that they look at (CLIENT NO-TOUCH). */
    public boolean noTouch() {
        return noTouch;
    }

    /** Sets {@link #noTouch()}. */
    public void noTouch(boolean now) {
        noTouch = now;
    }

    /** Whether the connection ends once what was replied is sent. */
    public boolean isClosing() {
        return closing;
    }

    /** Ends the connection behind the reply to this command. */
    public void closeAfterReply() {
        closing = true;
    }

    /** Its MULTI. */
    public Transaction transaction() {
        return transaction;
    }

    /** The keys it watches. */
    public WatchedKeys watched() {
        return watched;
    }

    /** What it is subscribed to. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /** Whether it may run only what has to do with subscriptions: RESP2 cannot tell messages from replies. */
    public boolean isListening() {
        return protocol == 2 && subscriptions.any();
    }

    /** Whether replies are sent. */
    public Replies replies() {
        return replies;
    }

    /** Changes whether replies are sent. */
    public void replies(Replies next) {
        replies = next;
    }

    /** Whether the reply to the command that just ran is to be sent; moves CLIENT REPLY SKIP on. */
    public boolean wantsReply() {
        return switch (replies) {
            case ON -> true;
            case OFF -> false;
            case SKIP_THIS -> {
                replies = Replies.SKIP_NEXT;
                yield false;
            }
            case SKIP_NEXT -> {
                replies = Replies.ON;
                yield false;
            }
        };
    }

    /**
     * Makes the command under way be answered later, by {@link Wire#complete}; it returns {@link Reply#SILENT}. Not
     * inside of EXEC.
     */
    public void defer(Deferral promised) {
        if (transaction.isRunning()) {
            throw new IllegalStateException("a transaction cannot wait");
        }
        deferral = promised;
    }

    /** Whether that deferral is still to be answered; if so, it no longer is. */
    public boolean settle(Deferral answered) {
        if (deferral != answered) {
            return false;
        }
        deferral = null;
        return true;
    }

    /** The client is gone: nobody waits for the reply any more. */
    public void abandonDeferral() {
        Deferral promised = deferral;
        deferral = null;
        if (promised != null) {
            promised.abandon();
        }
    }

    /**
     * Ends the waiting of a deferred client, if it can be ended so (CLIENT UNBLOCK); from any thread.
     *
     * @param withError with an error, else as if its time were over
     */
    public boolean unblock(boolean withError) {
        Deferral promised = deferral;
        return promised != null && promised.unblock(withError);
    }

    /** The client is as good as gone: it waits for nothing any more; from any thread. */
    public void forsake() {
        Deferral promised = deferral;
        if (promised != null) {
            promised.abandon();
        }
    }

    /** Says that the client has sent a command that may write. */
    public void wrote() {
        offsetIsOld = true;
    }

    /**
     * Position of the log that covers what the client has written so far.
     *
     * @param end end of the log, everything that the client sent being committed
     */
    public long writtenUpTo(long end) {
        if (offsetIsOld) {
            offsetIsOld = false;
            writtenUpTo = end;
        }
        return writtenUpTo;
    }

    /** Whether a deferral is still to be answered. */
    public boolean isDeferred() {
        return deferral != null;
    }

    /** Forgets everything but the connection itself and its subscriptions (RESET). */
    public void reset(boolean loggedIn) {
        transaction.close();
        watched.clear();
        db = 0;
        protocol = 2;
        name = "";
        noEvict = false;
        noTouch = false;
        replies = Replies.ON;
        authenticated(loggedIn, "default");
    }

    @Override
    public boolean mayWait() {
        return !transaction.isRunning() && !isScript();
    }

    @Override
    public long rememberCursor(int inDb, byte[] lastKey) {
        return cursors.remember(inDb, lastKey);
    }

    @Override
    public byte @Nullable [] recallCursor(int inDb, long cursor) {
        return cursors.recall(inDb, cursor);
    }
}
