package io.cairn.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Cells as text, the first column to the left and all others to the right.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class Table {
    private final String title;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /** Without rows. */
    public Table(String title, String... header) {
        this.title = title;
        this.header = List.of(header);
    }

    /** Adds a row of as many cells as the header has. */
    public Table row(List<String> cells) {
        if (cells.size() != header.size()) {
            throw new IllegalArgumentException(cells.size() + " cells under a header of " + header.size());
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Adds a row. */
    public Table row(String... cells) {
        return row(List.of(cells));
    }

    String title() {
        return title;
    }

    List<String> header() {
        return header;
    }

    List<List<String>> rows() {
        return rows;
    }

    /** As text in columns. */
    @Override
    public String toString() {
        int[] widths = new int[header.size()];
        measure(widths, header);
        rows.forEach(row -> measure(widths, row));
        StringBuilder text = new StringBuilder(title).append('\n');
        append(text, widths, header);
        rows.forEach(row -> append(text, widths, row));
        return text.toString();
    }

    private static void measure(int[] widths, List<String> row) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
        }
    }

    private static void append(StringBuilder text, int[] widths, List<String> row) {
        StringBuilder line = new StringBuilder(" ");
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - row.get(i).length());
            line.append(' ');
            line.append(i == 0 ? row.get(i) + padding : padding + row.get(i)).append(' ');
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
