package io.landfall.config;

/** The shapes that several keys share. */
final class Shapes {
  /** Any text. */
  static final Shape ANY = new Shape.Text("text", "");

  /** The path of a file. */
  static final Shape FILE = new Shape.Text("file", "");

  /** A DNS label in lower case: the name of a node or a service. */
  static final Shape LABEL = new Shape.Text("name", "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$");

  /** An address of IPv4 or IPv6. */
  static final Shape ADDRESS = new Shape.Text("address", "^[0-9a-fA-F]*[:.][0-9a-fA-F:.]+$");

  /** An address and a port. */
  static final Shape ADDRESS_PORT =
      new Shape.Text("address:port", "^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+):[0-9]+$");

  /** A prefix of IPv4 or IPv6. */
  static final Shape PREFIX = new Shape.Text("prefix", "^[0-9a-fA-F:.]+/[0-9]{1,3}$");

  private Shapes() {}
}
