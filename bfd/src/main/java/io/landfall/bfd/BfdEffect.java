package io.landfall.bfd;

/** What a session asks its owner to do, in order. */
public sealed interface BfdEffect {
  /** Send this datagram to the peer. */
  record Send(byte[] datagram) implements BfdEffect {}

  /** The datagram that was given was taken as the peer's own: it came from where the peer is. */
  record PacketAccepted() implements BfdEffect {}

  /** The datagram that was given was discarded, and changed nothing. */
  record Discarded(DiscardRule rule) implements BfdEffect {}

  /**
   * The state changed.
   *
   * @param why for people
   */
  record StateChanged(BfdState from, BfdState to, String why) implements BfdEffect {}

  /**
   * What is known of the path changed.
   *
   * @param why for people
   */
  record PathChanged(PathLiveness path, String why) implements BfdEffect {}
}
