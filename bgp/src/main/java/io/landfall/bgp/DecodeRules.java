package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;

/**
 * What the decoder of UPDATEs must know of its session.
 *
 * @param internal whether the peer is in this AS
 * @param remoteAs the peer's AS number
 * @param role the local role (RFC 9234); OTC has a meaning only with one
 * @param families the negotiated families, a bit set
 * @param addPathReceive the families whose prefixes carry path identifiers
 * @param extendedNextHop whether an IPv4 prefix may have an IPv6 next hop (RFC 8950)
 */
record DecodeRules(
    boolean internal,
    Asn remoteAs,
    Role role,
    int families,
    int addPathReceive,
    boolean extendedNextHop) {}
