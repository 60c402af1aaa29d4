package io.landfall.ingress;

import io.landfall.bgp.SessionConfig;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import java.net.InetAddress;

/**
 * One upstream router. How to reach it (port, source address, MD5 key, GTSM) is the transport's
 * business and not known here.
 *
 * @param address the router's address; its text form is the upstream's name everywhere
 * @param localAs this side's AS number on this session
 * @param remoteAs the router's AS number; another one than ours, for this is eBGP
 * @param role the role to claim (RFC 9234): {@code CUSTOMER} towards a transit provider, {@code
 *     PEER} towards a lateral peer, {@code RS_CLIENT} towards a route server, or none
 * @param roleMode what a router that names no role gets (RFC 9234 section 4.2)
 * @param announcement how the prefixes are dressed
 * @param timing the session's timers
 */
public record Upstream(
    InetAddress address,
    Asn localAs,
    Asn remoteAs,
    SessionConfig.Role role,
    SessionConfig.RoleMode roleMode,
    Announcement announcement,
    Timing timing) {
  /** An upstream that may leave its role unsaid. */
  public Upstream(
      InetAddress address,
      Asn localAs,
      Asn remoteAs,
      SessionConfig.Role role,
      Announcement announcement,
      Timing timing) {
    this(address, localAs, remoteAs, role, SessionConfig.RoleMode.LENIENT, announcement, timing);
  }

  /** Checks what eBGP requires. */
  public Upstream {
    String name = Addresses.format(address.getAddress());
    if (!localAs.isUsable() || !remoteAs.isUsable()) {
      throw new IllegalArgumentException(
          "upstream "
              + name
              + ": AS number "
              + (localAs.isUsable() ? remoteAs : localAs)
              + " is not to be used (RFC 7607, RFC 7300)");
    }
    if (localAs.equals(remoteAs)) {
      throw new IllegalArgumentException(
          "upstream "
              + name
              + ": asn and local-asn are both "
              + localAs
              + ", but the ingress plane speaks eBGP only");
    }
    if (role == SessionConfig.Role.PROVIDER) {
      throw new IllegalArgumentException(
          "upstream "
              + name
              + ": role is customer, peer, rs-client or none; this node is nobody's provider");
    }
    if (roleMode == SessionConfig.RoleMode.STRICT && role == SessionConfig.Role.NONE) {
      throw new IllegalArgumentException(
          "upstream " + name + ": strict roles need a role of this side");
    }
  }

  /**
   * Whether a prefix can be announced to it: the session is of the prefix's family, and so has a
   * next hop for it, or one is configured.
   */
  boolean carries(AnycastPrefix prefix) {
    // The session's own end has the family of the router's address.
    return announcement.nextHop(prefix.family(), address).isPresent();
  }

  /** The same with another dress for the prefixes. */
  Upstream with(Announcement other) {
    return new Upstream(address, localAs, remoteAs, role, roleMode, other, timing);
  }

  /** The name: the address in its usual text form. */
  public String name() {
    return Addresses.format(address.getAddress());
  }

  /**
   * The timers of a session.
   *
   * @param holdTimeSeconds the hold time to propose: 0, or 3 and more (RFC 4271 section 4.2)
   * @param sendHoldTimeSeconds the send hold time (RFC 9687); 0 switches it off
   * @param connectRetrySeconds the wait between attempts, before jitter
   */
  public record Timing(int holdTimeSeconds, int sendHoldTimeSeconds, int connectRetrySeconds) {
    /** Hold 30 s: a site that loses power is out of the Internet's tables within that. */
    public static final Timing DEFAULT = new Timing(30, 60, 5);

    /** Checks the values. */
    public Timing {
      if (holdTimeSeconds != 0 && (holdTimeSeconds < 3 || holdTimeSeconds > 65535)) {
        throw new IllegalArgumentException(
            "hold time must be 0 or 3..65535 seconds (RFC 4271), not " + holdTimeSeconds);
      }
      if (sendHoldTimeSeconds < 0 || connectRetrySeconds < 1) {
        throw new IllegalArgumentException("send hold time >= 0 and connect retry >= 1 second");
      }
    }
  }
}
