package io.landfall.bgp;

import io.landfall.core.Asn;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one session is configured with by its owner.
 *
 * @param localAs this side's AS number (RFC 6793)
 * @param remoteAs the AS number that the peer must name in its OPEN
 * @param localId this side's BGP Identifier, not zero
 * @param expectedRemoteId the BGP Identifier that the peer must name, when the owner knows it (the
 *     overlay does: it is the identity in the peer's certificate)
 * @param holdTimeSeconds the hold time to propose: 0, or 3 and more
 * @param families the families to negotiate
 * @param opening whether it asks for connections
 * @param options everything that is optional
 */
public record SessionConfig(
    Asn localAs,
    Asn remoteAs,
    int localId,
    OptionalLong expectedRemoteId,
    int holdTimeSeconds,
    List<Family> families,
    Opening opening,
    Options options) {
  /** Copies the list. */
  public SessionConfig {
    families = List.copyOf(families);
  }

  /** Whether the peer is in this AS. */
  public boolean internal() {
    return localAs.equals(remoteAs);
  }

  /** Whether it waits for the peer and never asks for a connection. */
  public boolean passive() {
    return opening == Opening.PASSIVE;
  }

  /** Whether a session asks for connections (RFC 4271 section 8.1.1, PassiveTcpEstablishment). */
  public enum Opening {
    /** It asks for a connection, and takes one as well. */
    ACTIVE,
    /** It waits for the peer. */
    PASSIVE
  }

  /**
   * Optional behaviour.
   *
   * @param addPath in which directions several paths per prefix are offered (RFC 7911)
   * @param role the BGP role to claim (RFC 9234)
   * @param roleMode what a peer that names no role gets; without a role of our own it has no effect
   * @param sendHoldTimeSeconds the send hold time (RFC 9687); 0 switches it off
   * @param connectRetrySeconds how long to wait between attempts to connect, before jitter
   * @param receiveLimit how many distinct prefixes the peer may have announced at a time, before
   *     filtering; one more ends the session, so 0 takes none. {@link Integer#MAX_VALUE} switches
   *     counting off
   * @param openWaitSeconds how long a stream may stay without the peer's OPEN; 0 for the hold time,
   *     but at least 30 s and at most 240 s
   */
  public record Options(
      AddPath addPath,
      Role role,
      RoleMode roleMode,
      int sendHoldTimeSeconds,
      int connectRetrySeconds,
      int receiveLimit,
      int openWaitSeconds) {
    /** Options with the usual wait for OPEN, and with a peer that may leave its role unsaid. */
    public Options(
        AddPath addPath,
        Role role,
        int sendHoldTimeSeconds,
        int connectRetrySeconds,
        int receiveLimit) {
      this(
          addPath,
          role,
          RoleMode.LENIENT,
          sendHoldTimeSeconds,
          connectRetrySeconds,
          receiveLimit,
          0);
    }
  }

  /** In which directions several paths per prefix are offered (RFC 7911). */
  public enum AddPath {
    /** In none. */
    NONE,
    /** They are welcome from the peer. */
    RECEIVE,
    /** They would be sent to the peer. */
    SEND,
    /** In both. */
    BOTH;

    /** Whether several paths per prefix are welcome. */
    public boolean receives() {
      return this == RECEIVE || this == BOTH;
    }

    /** Whether several paths per prefix would be sent. */
    public boolean sends() {
      return this == SEND || this == BOTH;
    }
  }

  /** What a peer that names no role gets (RFC 9234 section 4.2). */
  public enum RoleMode {
    /** A session. */
    LENIENT,
    /** A refusal: strict mode. */
    STRICT
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
