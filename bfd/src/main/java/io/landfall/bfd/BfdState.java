package io.landfall.bfd;

/** The state of a session (RFC 5880 section 6.2). */
public enum BfdState {
  /** Held down by an operator. */
  ADMIN_DOWN(0, "admin-down"),
  /** No proof that the peer receives from us, or that we do from it. */
  DOWN(1, "down"),
  /** We receive from the peer; whether it does from us is not known yet. */
  INIT(2, "init"),
  /** Both directions are proved. */
  UP(3, "up");

  private static final BfdState[] BY_CODE = values();

  private final int code;
  private final String label;

  BfdState(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The state with this code of two bits. */
  static BfdState of(int code) {
    return BY_CODE[code];
  }

  /** The code on the wire. */
  public int code() {
    return code;
  }

  /** The label that people read. */
  public String label() {
    return label;
  }
}
