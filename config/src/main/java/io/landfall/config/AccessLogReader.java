package io.landfall.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code access-log}. */
final class AccessLogReader {
  private static final Keys KEYS = new Keys("access-log");

  /** The section that is read here. */
  static final List<Keys> SECTIONS = List.of(KEYS);

  private static final String STANDARD_OUTPUT = "-";
  private static final long MIB = 1L << 20;

  private static final Key<?> FILE =
      KEYS.value("file", Shapes.FILE)
          .required("access.log")
          .is(
              "Where the lines are added, made with mode 0640; `-` is standard output. A file that"
                  + " was moved or removed is opened anew within a second, and at SIGUSR1.");
  private static final Key<AccessLogConfig.Format> FORMAT =
      KEYS.value("format", ValueRules.oneOf(AccessLogConfig.Format.class))
          .otherwise(AccessLogConfig.Format.JSON)
          .is(
              "How a line looks: one JSON object, or the Combined Log Format (docs/access-log.md).");
  private static final Key<Long> BUFFER =
      KEYS.value("buffer", ValueRules.size(MIB, 1024 * MIB))
          .otherwise(AccessLogConfig.DEFAULT_BUFFER_BYTES)
          .is("How much may wait to be written; beyond it lines are lost and counted.");

  private AccessLogReader() {}

  /** The section's values; without one there is no access log. */
  static Optional<AccessLogConfig> read(Optional<Section> section, FileRules files) {
    return section.flatMap(at -> read(at, files));
  }

  private static Optional<AccessLogConfig> read(Section at, FileRules files) {
    Optional<Optional<Path>> file = at.required(FILE, text -> file(text, files));
    AccessLogConfig.Format format = at.valueOrDefault(FORMAT);
    long bufferBytes = at.valueOrDefault(BUFFER);
    at.end();
    return file.map(to -> new AccessLogConfig(to, format, bufferBytes));
  }

  private static Optional<Path> file(String text, FileRules files) throws BadValue {
    if (text.equals(STANDARD_OUTPUT)) {
      return Optional.empty();
    }
    Path path = files.path(text);
    if (Files.isDirectory(path)) {
      throw new BadValue(path + " is a folder", "name a file in it");
    }
    return Optional.of(path);
  }
}
