package io.landfall.transport.probe;

import io.netty.buffer.ByteBuf;

/**
 * Reads the responses of one connection, one after the other, by the rules of whoever will send the
 * requests of clients to the same backend: a head that it would refuse is no success of a probe.
 * Used by one thread.
 */
public interface ResponseReader {
  /** How far a response is. */
  enum Progress {
    /** The rest has not arrived. */
    MORE,
    /** The head of the final response is complete: its status is known. */
    HEAD,
    /** The response has ended; the next one may follow. */
    END,
    /** An edge that sends requests here would answer 502; there is a reason. */
    REFUSED
  }

  /**
   * Reads on, up to the next step of the response; interim responses (RFC 9110 section 15.2) are
   * skipped. What was read is taken out of the buffer.
   */
  Progress read(ByteBuf in);

  /** The status, once the head is complete. */
  int status();

  /** Whether the connection may carry another request after this response. */
  boolean isReusable();

  /** Why the response was refused, for a person. */
  String refusal();

  /** Where readers come from: one for each connection. */
  @FunctionalInterface
  interface Factory {
    /** A reader for a new connection. */
    ResponseReader reader();
  }
}
