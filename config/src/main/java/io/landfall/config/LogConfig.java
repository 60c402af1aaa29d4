package io.landfall.config;

/**
 * What is logged and how.
 *
 * @param level the least severe level that is written
 * @param format how a line looks
 */
public record LogConfig(Level level, Format format) {
  /** Without a config. */
  public static final LogConfig DEFAULT = new LogConfig(Level.INFO, Format.LOGFMT);

  /** Severities, most severe first. */
  public enum Level {
    /** Something needs a person. */
    ERROR,
    /** Something was refused or is about to go wrong. */
    WARN,
    /** Changes of state: who, what, why. */
    INFO,
    /** Each step. */
    DEBUG,
    /** Each message. */
    TRACE
  }

  /** How a line looks. */
  public enum Format {
    /** {@code time=... level=... logger=... msg="..." key=value}. */
    LOGFMT,
    /** One JSON object a line. */
    JSON
  }
}
