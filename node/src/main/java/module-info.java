/** The daemon: wires everything to real clocks, sockets and disks. */
@org.jspecify.annotations.NullMarked
module io.landfall.node {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.config;
  requires io.landfall.acme;
  requires io.landfall.admin;
  requires io.landfall.bfd;
  requires io.landfall.bgp;
  requires io.landfall.cache;
  requires io.landfall.control;
  requires io.landfall.ingress;
  requires io.landfall.overlay;
  requires io.landfall.trust;
  requires io.landfall.signal;
  requires transitive io.landfall.decision;
  requires io.landfall.edge;
  requires io.landfall.transport;
  requires jdk.unsupported; // SIGHUP
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http2;
  requires io.netty.handler;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires org.slf4j;
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;

  exports io.landfall.node;
  exports io.landfall.node.log;

  uses io.landfall.edge.RequestSpans.Provider;

  provides ch.qos.logback.classic.spi.Configurator with
      io.landfall.node.log.Logs;
}
