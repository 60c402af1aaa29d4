package io.landfall.edge.exchange;

/**
 * An attempt that did not bring a response.
 *
 * @param kind how it failed
 * @param untouched whether no byte of the request can have reached an application: the connection
 *     never came about, or the other node guarantees that it did not process the request (RFC 9113
 *     section 8.7). Then any request may be tried again, whatever its method
 * @param errorCode the code with which the place has reset its stream over HTTP/2 (RFC 9113 section
 *     7), for a client that has such codes; {@link #NO_CODE} for none
 * @param blameless whether it shows nothing of the place: this node or the client failed
 */
public record AttemptFailure(
    FailureKind kind, boolean untouched, long errorCode, boolean blameless) {
  /** There is no code, or none that concerns the client. */
  public static final long NO_CODE = -1;

  /** One without a code. */
  public AttemptFailure(FailureKind kind, boolean untouched) {
    this(kind, untouched, NO_CODE, false);
  }

  /** One of the place. */
  public AttemptFailure(FailureKind kind, boolean untouched, long errorCode) {
    this(kind, untouched, errorCode, false);
  }

  /** This process can open no connection: its own limit, which proves nothing of the place. */
  public static AttemptFailure noDescriptor() {
    return new AttemptFailure(FailureKind.NO_DESCRIPTOR, true).blameless(true);
  }

  /** The same, if it shows nothing of the place. */
  public AttemptFailure blameless(boolean isSo) {
    return new AttemptFailure(kind, untouched, errorCode, isSo);
  }
}
