package io.landfall.node.peering;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * An Established session with an upstream as one process of a node passes it to another: what is
 * needed to bring a new session to where this one is, on the same connection.
 *
 * @param upstream its name
 * @param sentOpen the OPEN that was sent on it
 * @param receivedOpen the OPEN that came
 * @param unread the beginning of a message whose end has not come
 * @param announced the prefixes that the upstream was sent and has not been told to forget
 * @param bfd its BFD session; empty without one that is Up
 */
public record PassedSession(
    String upstream,
    byte[] sentOpen,
    byte[] receivedOpen,
    byte[] unread,
    List<String> announced,
    Optional<PassedBfd> bfd) {
  /** One without BFD. */
  public PassedSession(
      String upstream,
      byte[] sentOpen,
      byte[] receivedOpen,
      byte[] unread,
      List<String> announced) {
    this(upstream, sentOpen, receivedOpen, unread, announced, Optional.empty());
  }

  /** Copies the list. */
  public PassedSession {
    announced = List.copyOf(announced);
  }

  private static final int FIELDS = 5;

  /** The same with this BFD session, or without one. */
  public PassedSession with(Optional<PassedBfd> watched) {
    return new PassedSession(upstream, sentOpen, receivedOpen, unread, announced, watched);
  }

  /** As a word, without spaces. */
  public String toText() {
    HexFormat hex = HexFormat.of();
    return String.join(
            ",",
            upstream,
            hex.formatHex(sentOpen),
            hex.formatHex(receivedOpen),
            hex.formatHex(unread),
            String.join(";", announced))
        + bfd.map(session -> "," + session.toText()).orElse("");
  }

  /** From such a word; empty if it is none. */
  public static Optional<PassedSession> parse(String text) {
    String[] fields = text.split(",", -1);
    Optional<PassedBfd> bfd =
        fields.length == FIELDS + 1 ? PassedBfd.parse(fields[FIELDS]) : Optional.empty();
    if (fields.length != FIELDS && bfd.isEmpty()) {
      return Optional.empty();
    }
    try {
      HexFormat hex = HexFormat.of();
      return Optional.of(
          new PassedSession(
              fields[0],
              hex.parseHex(fields[1]),
              hex.parseHex(fields[2]),
              hex.parseHex(fields[3]),
              fields[4].isEmpty() ? List.of() : List.of(fields[4].split(";", -1)),
              bfd));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "session with " + upstream + (announced.isEmpty() ? "" : ", announced " + announced);
  }
}
