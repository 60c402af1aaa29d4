package io.landfall.core;

/**
 * One authenticated or configured byte stream to a peer, as the rooms that own protocols see it.
 * The node implements it with sockets, a simulator with queues.
 */
public interface Links {
  /**
   * Hands bytes to the stream, which takes ownership of the array.
   *
   * @return whether the stream is still writable without queueing; when false, the owner writes no
   *     more until it learns that the stream has drained
   */
  boolean send(byte[] bytes);

  /** Ends the stream after what was sent has left; the reason is for the log. */
  void close(String reason);
}
