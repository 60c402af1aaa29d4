package io.landfall.edge;

/** Why a connection was closed whose source has to send a PROXY header. */
public enum ProxyFault {
  /** It does not begin with one. */
  NO_HEADER("it does not begin with a PROXY header"),
  /** It breaks the format. */
  MALFORMED("its PROXY header is malformed"),
  /** It is longer than is read. */
  TOO_LONG("its PROXY header is longer than 4 KiB"),
  /** It has a checksum that is not its own. */
  CHECKSUM("the CRC32C of its PROXY header is wrong"),
  /** It did not arrive in time. */
  TIMEOUT("no whole PROXY header came within edge.limits.header-timeout"),
  /** The connection ended before it was whole. */
  ENDED("it ended before a whole PROXY header");

  private final String text;

  ProxyFault(String text) {
    this.text = text;
  }

  /** What it is, for people. */
  public String text() {
    return text;
  }
}
