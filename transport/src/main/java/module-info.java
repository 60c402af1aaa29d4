/** Bytes in and out: the TLS port, BGP over TCP, BFD's UDP, probes. Knows no plane. */
@org.jspecify.annotations.NullMarked
module io.landfall.transport {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.trust;
  requires transitive io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http2;
  requires transitive io.netty.common;
  requires transitive io.netty.handler;
  requires transitive io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires org.slf4j;

  exports io.landfall.transport;
  exports io.landfall.transport.probe;
  exports io.landfall.transport.takeover;
  exports io.landfall.transport.tcp;
  exports io.landfall.transport.tls;
  exports io.landfall.transport.udp;
}
