package io.cairn.engine.keyspace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is to be told what becomes of a turn.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class Outcomes {
    private final List<Outcome> waiting = new ArrayList<>();

    void add(Outcome outcome) {
        waiting.add(outcome);
    }

    void committed(long offset) {
        if (!waiting.isEmpty()) {
            tell(outcome -> outcome.committed(offset));
        }
    }

    void failed(String error) {
        if (!waiting.isEmpty()) {
            tell(outcome -> outcome.failed(error));
        }
    }

    private void tell(Consumer<Outcome> news) {
        List<Outcome> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(news);
    }
}
