package io.landfall.config;

import io.landfall.core.Asn;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One eBGP session to a router of the site's upstream.
 *
 * @param tcp where the router is, and how the connection to it is guarded
 * @param asn its AS number
 * @param localAsn our AS number towards it, other than {@code asn}
 * @param attributes what goes onto every announcement
 * @param bfd whether BFD (RFC 5881) watches the link to the router
 * @param roles BGP roles (RFC 9234)
 * @param nextHops next hops to name instead of this node's address on the session, at most one of
 *     each address family
 */
public record UpstreamConfig(
    Tcp tcp,
    Asn asn,
    Asn localAsn,
    Attributes attributes,
    boolean bfd,
    Roles roles,
    List<InetAddress> nextHops) {
  /** BGP's port. */
  public static final int DEFAULT_PORT = 179;

  /** The most that TCP_MD5SIG takes. */
  public static final int MAX_PASSWORD_BYTES = 80;

  /** The most prepends: longer paths are filtered by many networks. */
  public static final int MAX_PREPEND = 16;

  /** The most communities of each kind. */
  public static final int MAX_COMMUNITIES = 32;

  /** Copies the list. */
  public UpstreamConfig {
    nextHops = List.copyOf(nextHops);
  }

  /**
   * Where the router is, and how the connection to it is guarded.
   *
   * @param address the router's address
   * @param port its BGP port
   * @param localAddress the address to connect from; empty lets the kernel choose
   * @param passwordFile file with the TCP MD5 key (RFC 2385): its first line, 1 to 80 bytes
   * @param ttlSecurityHops with GTSM (RFC 5082), how many hops away the router is: 1 for a direct
   *     neighbour; empty without GTSM
   */
  public record Tcp(
      InetAddress address,
      int port,
      Optional<InetAddress> localAddress,
      Optional<Path> passwordFile,
      OptionalInt ttlSecurityHops) {}

  /**
   * What goes onto every announcement.
   *
   * @param communities communities (RFC 1997), each as 32 bits
   * @param largeCommunities large communities (RFC 8092)
   * @param med MULTI_EXIT_DISC, unsigned 32 bits; empty sends none
   * @param prepend how many extra times our AS number is put in front of the path
   */
  public record Attributes(
      List<Integer> communities, List<LargeValue> largeCommunities, OptionalLong med, int prepend) {
    /** Copies the lists. */
    public Attributes {
      communities = List.copyOf(communities);
      largeCommunities = List.copyOf(largeCommunities);
    }
  }

  /**
   * BGP roles (RFC 9234).
   *
   * @param ours our role on this session: never that of a provider or a route server; empty sends
   *     no role
   * @param strict whether a router that names no role is refused
   */
  public record Roles(Optional<Role> ours, boolean strict) {}

  /**
   * A large community (RFC 8092), each part an unsigned 32-bit number.
   *
   * @param globalAdministrator an AS number
   * @param localData1 the first part that the operator defines
   * @param localData2 the second part that the operator defines
   */
  public record LargeValue(int globalAdministrator, int localData1, int localData2) {}

  /** BGP roles with the codes of RFC 9234 section 4.1. */
  public enum Role {
    /** We provide transit to the neighbour. */
    PROVIDER(0),
    /** We are the route server. */
    RS(1),
    /** The neighbour is a route server, we are its client. */
    RS_CLIENT(2),
    /** The neighbour provides transit to us: what an edge site usually is. */
    CUSTOMER(3),
    /** Neither provides transit to the other. */
    PEER(4);

    private final int code;

    Role(int code) {
      this.code = code;
    }

    /** The code on the wire. */
    public int code() {
      return code;
    }
  }
}
