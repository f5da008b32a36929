package io.cairn.wal;

/**
 * What opening a log found and decided.
 *
 * <p><i>Immutable.</i>
 *
 * @param created whether there was no log and a new one was made
 * @param closedCleanly whether its last owner closed it
 * @param sameBoot whether the kernel has been up since
 * @param end where the log ends
 * @param before the identity found on disk
 * @param after the identity now: a new one that continues {@code before} if bytes past {@code end} may have been seen
 *     by others and then lost. A replica, whose primary still has those bytes, may go back to {@code before}
 */
public record RecoveryReport(
        boolean created, boolean closedCleanly, boolean sameBoot, long end, LogIdentity before, LogIdentity after) {
    /** Whether a new history began because the old one's tail could not be proven complete. */
    public boolean newHistory() {
        return !before.equals(after);
    }
}
