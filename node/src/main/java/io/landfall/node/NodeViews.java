package io.landfall.node;

import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.admin.model.TlsStatus;
import java.util.List;
import java.util.function.Supplier;

/**
 * What {@code show} shows of a node, view by view; each is read on the control thread only, but for
 * TLS.
 *
 * @param peers peers, candidates and service hosts
 * @param services services
 * @param refused what was refused
 * @param ingress plane one
 * @param bfd BFD sessions, with nodes and then with upstream routers
 * @param revocations the list of revocations
 * @param tls TLS towards clients, on any thread but the control thread
 */
record NodeViews(
    PeerRows peers,
    ServiceRows services,
    RefusedRows refused,
    Supplier<IngressStatus> ingress,
    Supplier<List<BfdRow>> bfd,
    Supplier<RevocationStatus> revocations,
    Supplier<TlsStatus> tls) {}
