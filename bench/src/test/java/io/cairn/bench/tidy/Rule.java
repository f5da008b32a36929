package io.cairn.bench.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What every source file keeps to. A rule looks at one file and returns its breaches as {@code path:line: rule}. */
enum Rule {
    NO_LONG_FILES("a file past 700 lines is two things", (source, rule) -> {
        int length = source.lines().size();
        return length > 700 ? List.of(rule.at(source, length, length + " lines")) : List.of();
    }),

    NO_VAGUE_PACKAGES("a helper lives with its only user, or gets a name that says what it is", (source, rule) -> {
        Matcher vague = Pattern.compile("/(util|utils|common|misc|helpers?)/").matcher(source.path());
        return vague.find() ? List.of(rule.at(source, 1, "package " + vague.group(1))) : List.of();
    }),

    NO_VAGUE_TYPES("a type is named for what it is", (source, rule) -> {
        // The base offset is a term of the field; a base class is not.
        Pattern vague = Pattern.compile(".*(Impl|Base|Utils?|Manager|Helper)|Base(?!Offset).*");
        return vague.matcher(source.typeName()).matches() ? List.of(rule.at(source, 1, source.typeName())) : List.of();
    }),

    NO_UNFINISHED_WORK(
            "finish it or leave it out",
            (source, rule) -> rule.linesWith(source, Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b"))),

    NO_AUTHORS(
            "who wrote it is in the history",
            (source, rule) -> rule.linesWith(source, Pattern.compile("@" + "author"))),

    NO_GETTERS("an accessor is called what it returns", (source, rule) -> {
        List<String> breaches = new ArrayList<>();
        Pattern getter =
                Pattern.compile("^\\s+(public |protected |static |final )*[\\w<>\\[\\], ?]+ (get[A-Z]\\w*)\\(\\)");
        for (int i = 0; source.isMain() && i < source.lines().size(); i++) {
            String line = source.lines().get(i);
            Matcher declared = getter.matcher(line);
            boolean isInherited = i > 0 && source.lines().get(i - 1).strip().startsWith("@Override");
            if (declared.find() && !line.contains("return ") && !line.contains("=") && !isInherited) {
                breaches.add(rule.at(source, i + 1, declared.group(2)));
            }
        }
        return breaches;
    }),

    NO_PRINTING("only command line tools speak to a terminal; everything else logs", (source, rule) -> {
        boolean isTool = source.typeName().equals("Main")
                || source.typeName().endsWith("Tool")
                || source.path().startsWith("bench/");
        return source.isMain() && !isTool
                ? rule.linesWith(source, Pattern.compile("System\\.(out|err)\\b|\\.printStackTrace\\(\\)"))
                : List.of();
    }),

    NO_SILENT_SKIPS("a skipped test says why", (source, rule) -> {
        return rule.linesWith(source, Pattern.compile("^\\s*@" + "Disabled\\s*$"));
    }),

    PACKAGE_INFO_SAYS_WHAT("package-info has a comment of a few lines and @NullMarked", (source, rule) -> {
        if (!source.isPackageInfo()) {
            return List.of();
        }
        String text = String.join("\n", source.lines());
        boolean isComment = text.startsWith("/**") && text.indexOf("*/") - text.indexOf("/**") > 60;
        return isComment && text.contains("@NullMarked")
                ? List.of()
                : List.of(rule.at(source, 1, isComment ? "no @NullMarked" : "no comment"));
    }),

    PUBLIC_TYPES_ARE_DOCUMENTED(
            "the Javadoc of a public type ends in <p><i>Immutable.</i>, <i>Thread-safe.</i>, "
                    + "<i>Confined to the (role) thread.</i> or <i>Guarded by (lock).</i>",
            (source, rule) -> {
                if (!source.isMain()) {
                    return List.of();
                }
                Pattern type = Pattern.compile(
                        "^public (?:final |abstract |sealed |non-sealed |strictfp )*(?:class|interface|record|enum|@interface) (\\w+).*");
                List<String> breaches = new ArrayList<>();
                for (int i = 0; i < source.lines().size(); i++) {
                    Matcher declared = type.matcher(source.lines().get(i));
                    if (declared.matches() && !hasClosingLine(source.lines(), i)) {
                        breaches.add(rule.at(source, i + 1, declared.group(1)));
                    }
                }
                return breaches;
            });

    private static final Pattern CLOSING_LINE = Pattern.compile(
            ".*<i>(Immutable|Thread-safe|Confined to [^.]*\\bthreads?\\b[^.]*|Guarded by [^.]*(\\.[^. ][^.]*)*)\\.</i>( \\*/)?");

    private final String reason;
    private final BiFunction<Source, Rule, List<String>> check;

    Rule(String reason, BiFunction<Source, Rule, List<String>> check) {
        this.reason = reason;
        this.check = check;
    }

    List<String> breaches(Source source) {
        return check.apply(source, this);
    }

    private String at(Source source, int line, String what) {
        return source.path() + ":" + line + ": " + name() + ": " + what + " (" + reason + ")";
    }

    private List<String> linesWith(Source source, Pattern pattern) {
        List<String> breaches = new ArrayList<>();
        for (int i = 0; i < source.lines().size(); i++) {
            Matcher found = pattern.matcher(source.lines().get(i));
            if (found.find()) {
                breaches.add(at(source, i + 1, found.group().strip()));
            }
        }
        return breaches;
    }

    /** Whether the comment above line {@code type} has the closing line as its last line of prose: block tags may follow. */
    private static boolean hasClosingLine(List<String> lines, int type) {
        int end = type - 1;
        // Between the comment and the type stand annotations, perhaps over several lines.
        while (end >= 0 && !lines.get(end).contains("*/") && !lines.get(end).isBlank()) {
            end--;
        }
        if (end < 0 || !lines.get(end).contains("*/")) {
            return false;
        }
        int start = end;
        while (start > 0 && !lines.get(start).strip().startsWith("/**")) {
            start--;
        }
        StringBuilder prose = new StringBuilder();
        for (String line : lines.subList(start, end + 1)) {
            String content = line.strip().replaceFirst("^(/\\*\\*|\\*(?!/))\\s*", "");
            if (content.startsWith("@")) {
                break;
            }
            prose.append(content).append(' ');
        }
        String text = prose.toString().replace("*/", "").strip();
        return CLOSING_LINE.matcher(text).matches();
    }
}
