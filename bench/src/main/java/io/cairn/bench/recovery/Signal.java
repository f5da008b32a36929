package io.cairn.bench.recovery;

import io.cairn.bench.process.ServerProcess;
import java.io.IOException;

/** What Java cannot send to a process by itself. */
enum Signal {
    STOP("-STOP"),
    CONTINUE("-CONT");

    private final String option;

    Signal(String option) {
        this.option = option;
    }

    void send(ServerProcess server) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", option, Long.toString(server.pid()))
                .inheritIO()
                .start();
        int status = kill.waitFor();
        if (status != 0) {
            throw new IOException("kill " + option + " of " + server.name() + " ended with status " + status);
        }
    }
}
