package io.landfall.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a line for each request of clients goes.
 *
 * @param file the file that lines are added to; empty for standard output
 * @param format how a line looks
 * @param bufferBytes how much may wait to be written; beyond it lines are lost and counted
 */
public record AccessLogConfig(Optional<Path> file, Format format, long bufferBytes) {
  /** How much may wait when the config has no value for it. */
  public static final long DEFAULT_BUFFER_BYTES = 4L << 20;

  /** How a line looks. */
  public enum Format {
    /** One JSON object a line. */
    JSON,
    /** As Apache's and nginx's {@code combined}. */
    COMBINED
  }
}
