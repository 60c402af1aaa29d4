package io.landfall.admin.metrics;

/** Which Landfall this is. */
public final class Version {
  private static final String VERSION = "0.1.0";

  private Version() {}

  /** The version, such as {@code 0.1.0}. */
  public static String text() {
    return VERSION;
  }
}
