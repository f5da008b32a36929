package io.cairn.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Bars: one group for each category, in it one bar for each series, with a whisker from the lowest to the highest value.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class Chart {
    final String title;
    final String unit;
    final List<String> categories;
    final List<Series> series = new ArrayList<>();

    /** Without series. */
    public Chart(String title, String unit, List<String> categories) {
        this.title = title;
        this.unit = unit;
        this.categories = List.copyOf(categories);
    }

    /** Adds a series, a value for each category; a category that was not measured is NaN. */
    public Chart series(String name, List<Spread> values) {
        if (values.size() != categories.size()) {
            throw new IllegalArgumentException(values.size() + " values for " + categories.size() + " categories");
        }
        series.add(new Series(name, List.copyOf(values)));
        return this;
    }

    record Series(String name, List<Spread> values) {}
}
