package io.cairn.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The outcome of one run: on what it was measured, notes, tables, charts.
 *
 * <p>The HTML file carries the numbers as JSON, a script that draws them, and the charting library itself.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class Report {
    private static final String CHART_LIBRARY = "META-INF/resources/webjars/chart.js/";
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();

    private final String title;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final List<Chart> charts = new ArrayList<>();

    /** Of a run that starts now, on this machine. */
    public Report(String title) {
        this.title = title;
        fact(
                "date",
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                        .format(ZonedDateTime.now(ZoneOffset.UTC)));
        fact("machine", Machine.describe());
    }

    /** Says one thing about how it was measured. */
    public Report fact(String name, Object value) {
        facts.put(name, String.valueOf(value));
        return this;
    }

    /** Adds a sentence that a reader of the numbers should know. */
    public Report note(String text) {
        notes.add(text);
        return this;
    }

    /** Adds a table. */
    public Report table(Table table) {
        tables.add(table);
        return this;
    }

    /** Adds a chart. */
    public Report chart(Chart chart) {
        charts.add(chart);
        return this;
    }

    private void print(PrintWriter out) {
        out.println(title);
        facts.forEach((name, value) -> out.println("  " + name + ": " + value));
        tables.forEach(table -> out.print("\n" + table));
        if (!notes.isEmpty()) {
            out.println();
        }
        notes.forEach(note -> out.println("* " + note));
        out.flush();
    }

    /** Writes the HTML file, prints the rest, and says where the file is. */
    public void publish(Path file, PrintWriter out) throws IOException {
        write(file);
        print(out);
        out.println("\n" + file.toAbsolutePath());
        out.flush();
    }

    private void write(Path file) throws IOException {
        String page = resource("io/cairn/bench/report/report.html")
                .replace("@DATA@", JSON.toJson(new Page(title, facts, notes, pages(), charts)))
                .replace("@LIBRARY@", resource(chartLibrary()));
        Files.writeString(file, page);
    }

    private List<TablePage> pages() {
        return tables.stream()
                .map(table -> new TablePage(table.title(), table.header(), table.rows()))
                .toList();
    }

    private static String chartLibrary() throws IOException {
        Properties properties = new Properties();
        try (InputStream in =
                Report.class.getClassLoader().getResourceAsStream("io/cairn/bench/report/library.properties")) {
            properties.load(in);
        }
        return CHART_LIBRARY + properties.getProperty("version") + "/dist/chart.umd.js";
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Report.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("no " + name + " on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private record Page(
            String title, Map<String, String> facts, List<String> notes, List<TablePage> tables, List<Chart> charts) {}

    private record TablePage(String title, List<String> header, List<List<String>> rows) {}
}
