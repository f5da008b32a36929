/**
 * From a request to its reply: {@link io.cairn.server.dispatch.Admission} says whether it may run, {@link
 * io.cairn.server.dispatch.Execution} locks its keys and runs it in a turn, {@link io.cairn.server.dispatch.DiskPool} is
 * where it goes when it must wait, {@link io.cairn.server.dispatch.Transactions} is MULTI and EXEC.
 *
 * <p>Knows sessions and commands, not sockets.
 */
@NullMarked
package io.cairn.server.dispatch;

import org.jspecify.annotations.NullMarked;
