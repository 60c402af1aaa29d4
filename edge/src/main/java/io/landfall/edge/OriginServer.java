package io.landfall.edge;

import java.net.InetSocketAddress;

/**
 * One origin server beside this node.
 *
 * @param address its resolved address
 * @param healthy whether requests may be sent to it now
 */
public record OriginServer(InetSocketAddress address, boolean healthy) {}
