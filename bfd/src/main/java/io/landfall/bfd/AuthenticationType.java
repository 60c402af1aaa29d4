package io.landfall.bfd;

/** How packets are authenticated (RFC 5880 section 4.1): the two types that are supported. */
public enum AuthenticationType {
  /** The sequence number need not go up with every packet. */
  KEYED_SHA1(4, "keyed-sha1"),
  /** The sequence number goes up with every packet. */
  METICULOUS_KEYED_SHA1(5, "meticulous-keyed-sha1");

  private final int code;
  private final String label;

  AuthenticationType(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The Auth Type on the wire. */
  public int code() {
    return code;
  }

  /** Its name for people. */
  public String label() {
    return label;
  }
}
