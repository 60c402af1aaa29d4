package io.landfall.bgp.watch;

import java.net.InetAddress;

/**
 * One end of the TCP connection under a session.
 *
 * @param address its address
 * @param port its port, 0 when it is not known
 */
public record TcpEnd(InetAddress address, int port) {}
