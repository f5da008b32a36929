package io.cairn.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs where and as much as the configuration says. */
final class Logging {
    private static final String PATTERN = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %thread %logger{0} %msg%n";

    private Logging() {}

    static void follow(Configuration configuration) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return; // embedded in something that logs in its own way
        }
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        String file = configuration.text(Directives.LOGFILE);
        if (!file.isEmpty()) {
            root.detachAndStopAllAppenders();
            root.addAppender(appender(context, file));
        }
        configuration.follow(Directives.LOGLEVEL, value -> root.setLevel(level(value)));
    }

    private static FileAppender<ILoggingEvent> appender(LoggerContext context, String file) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setFile(file);
        appender.setAppend(true);
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    private static Level level(String name) {
        return switch (name) {
            case "debug", "verbose" -> Level.DEBUG;
            case "warning" -> Level.WARN;
            default -> Level.INFO;
        };
    }
}
