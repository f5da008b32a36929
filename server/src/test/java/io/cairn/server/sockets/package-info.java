/** The whole server in this process, talked to over real sockets, beside a real redis-server where replies are compared. */
@NullMarked
package io.cairn.server.sockets;

import org.jspecify.annotations.NullMarked;
