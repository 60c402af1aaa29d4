package io.landfall.overlay;

/** Whether an authenticated newcomer may have a session. */
public sealed interface Admission {
  /** It may. */
  record Admitted() implements Admission {}

  /**
   * It may not; everything that lives goes on living.
   *
   * @param rule a short fixed phrase to count by, such as {@code duplicate-identity}
   * @param text one sentence for the log that names both sides
   */
  record Refused(String rule, String text) implements Admission {}
}
