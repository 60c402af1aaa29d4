package io.landfall.bfd;

/** Why a session left the Up state last (RFC 5880 section 4.1). */
public enum Diagnostic {
  /** It never did. */
  NONE(0, "no diagnostic"),
  /** No packet within the detection time. */
  DETECTION_TIME_EXPIRED(1, "control detection time expired"),
  /** The echo function failed; not used here. */
  ECHO_FAILED(2, "echo function failed"),
  /** The peer signaled it. */
  NEIGHBOR_SIGNALED_DOWN(3, "neighbor signaled session down"),
  /** The peer's forwarding plane was reset. */
  FORWARDING_PLANE_RESET(4, "forwarding plane reset"),
  /** The path is known to be down by other means. */
  PATH_DOWN(5, "path down"),
  /** A path that this one is a part of is down. */
  CONCATENATED_PATH_DOWN(6, "concatenated path down"),
  /** An operator, or the end of the process. */
  ADMINISTRATIVELY_DOWN(7, "administratively down"),
  /** A path in the other direction is down. */
  REVERSE_CONCATENATED_PATH_DOWN(8, "reverse concatenated path down"),
  /** A code that RFC 5880 reserves. */
  RESERVED(9, "reserved diagnostic");

  private static final Diagnostic[] BY_CODE = values();

  private final int code;
  private final String words;

  Diagnostic(int code, String words) {
    this.code = code;
    this.words = words;
  }

  /** The diagnostic with this code of five bits; reserved codes all read as {@link #RESERVED}. */
  static Diagnostic of(int code) {
    return BY_CODE[Math.min(code, BY_CODE.length - 1)];
  }

  /** The code on the wire. */
  public int code() {
    return code;
  }

  /** Its meaning, for people. */
  public String words() {
    return words;
  }
}
