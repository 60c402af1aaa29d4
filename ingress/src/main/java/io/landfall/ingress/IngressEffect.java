package io.landfall.ingress;

/** What plane one asks its owner to do, in order. */
public sealed interface IngressEffect {
  /** Open a connection to this upstream; answer with Connected or ConnectFailed. */
  record Dial(String upstream) implements IngressEffect {}

  /** Write these bytes. */
  record Write(String upstream, long connection, byte[] bytes) implements IngressEffect {}

  /** Close a stream after what was written to it has left. */
  record Close(String upstream, long connection, String why) implements IngressEffect {}

  /** After {@link IngressEvent.Leave}: nothing is announced any more. */
  record Left() implements IngressEffect {}

  /**
   * A line for the transition log.
   *
   * @param subject {@code ingress} for the intent, or the upstream's name
   * @param from the state before
   * @param to the state after
   * @param cause why, for people
   */
  record Note(String subject, String from, String to, String cause) implements IngressEffect {}
}
