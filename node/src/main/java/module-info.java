/** The daemon: wires everything to real clocks, sockets and disks. */
@org.jspecify.annotations.NullMarked
module io.landfall.node {
  requires static org.jspecify;
  requires io.landfall.core;
  requires io.landfall.bgp;
  requires io.landfall.ingress;
  requires io.landfall.overlay;
  requires io.landfall.trust;
  requires io.landfall.signal;
  requires io.landfall.decision;
  requires io.landfall.edge;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
}
