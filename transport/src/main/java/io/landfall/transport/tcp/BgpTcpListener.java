package io.landfall.transport.tcp;

/**
 * What a dial reports to its owner, always on the owner's executor and in the order it happened.
 */
public interface BgpTcpListener {
  /** The connection is there. */
  void connected(BgpTcpConnection connection);

  /** There is no connection, and there will be none from this dial. */
  void connectFailed(String why);

  /** Bytes arrived; the array is the listener's to keep. More are read once this returns. */
  void received(BgpTcpConnection connection, byte[] bytes);

  /**
   * Whether to read on while the connection takes no bytes; when not, nothing more is read until it
   * is writable, and the session is told that it is stalled.
   */
  default boolean readsWhileFull() {
    return false;
  }

  /** A connection takes bytes again; also reported when its fullness was not noticed. */
  void writable(BgpTcpConnection connection);

  /** The connection has ended, for whatever reason; reported exactly once, and nothing after it. */
  void closed(BgpTcpConnection connection, String why);
}
