package io.landfall.bgp;

import java.util.List;
import java.util.OptionalLong;

/**
 * What one session is configured with by its owner.
 *
 * @param localAs this side's AS number (RFC 6793), unsigned
 * @param remoteAs the AS number that the peer must name in its OPEN
 * @param localId this side's BGP Identifier, not zero
 * @param expectedRemoteId the BGP Identifier that the peer must name, when the owner knows it (the
 *     overlay does: it is the identity in the peer's certificate)
 * @param holdTimeSeconds the hold time to propose: 0, or 3 and more
 * @param families the families to negotiate
 * @param passive whether to wait for the peer and never ask for a connection
 * @param options everything that is optional
 */
public record SessionConfig(
    int localAs,
    int remoteAs,
    int localId,
    OptionalLong expectedRemoteId,
    int holdTimeSeconds,
    List<Family> families,
    boolean passive,
    Options options) {
  /** Copies the list. */
  public SessionConfig {
    families = List.copyOf(families);
  }

  /** Whether the peer is in this AS. */
  public boolean internal() {
    return localAs == remoteAs;
  }

  /**
   * Optional behaviour.
   *
   * @param addPathReceive advertise that several paths per prefix are welcome (RFC 7911)
   * @param addPathSend advertise that several paths per prefix would be sent
   * @param role the BGP role to claim (RFC 9234)
   * @param sendHoldTimeSeconds the send hold time (RFC 9687); 0 switches it off
   * @param connectRetrySeconds how long to wait between attempts to connect, before jitter
   * @param receiveLimit how many distinct prefixes the peer may have announced at a time, before
   *     filtering; one more ends the session, so 0 takes none. {@link Integer#MAX_VALUE} switches
   *     counting off
   * @param roleStrict whether a peer that names no role is refused (RFC 9234 section 4.2, strict
   *     mode); without a role of our own it has no effect
   * @param openWaitSeconds how long a stream may stay without the peer's OPEN; 0 for the hold time,
   *     but at least 30 s and at most 240 s
   */
  public record Options(
      boolean addPathReceive,
      boolean addPathSend,
      Role role,
      int sendHoldTimeSeconds,
      int connectRetrySeconds,
      int receiveLimit,
      boolean roleStrict,
      int openWaitSeconds) {
    /** Options with the usual wait for OPEN. */
    public Options(
        boolean addPathReceive,
        boolean addPathSend,
        Role role,
        int sendHoldTimeSeconds,
        int connectRetrySeconds,
        int receiveLimit,
        boolean roleStrict) {
      this(
          addPathReceive,
          addPathSend,
          role,
          sendHoldTimeSeconds,
          connectRetrySeconds,
          receiveLimit,
          roleStrict,
          0);
    }

    /** Options with a peer that may leave its role unsaid. */
    public Options(
        boolean addPathReceive,
        boolean addPathSend,
        Role role,
        int sendHoldTimeSeconds,
        int connectRetrySeconds,
        int receiveLimit) {
      this(
          addPathReceive,
          addPathSend,
          role,
          sendHoldTimeSeconds,
          connectRetrySeconds,
          receiveLimit,
          false);
    }
  }

  /** The local side's BGP role (RFC 9234 section 4.1). */
  public enum Role {
    /** No role capability is sent. */
    NONE,
    /** The peer is our transit provider. */
    CUSTOMER,
    /** The peer is our customer; used by tests that play an upstream. */
    PROVIDER,
    /** The peer is a lateral peer: neither gives the other transit. */
    PEER,
    /** The peer is a route server, and we are its client. */
    RS_CLIENT
  }
}
