/** The HTTP data plane: asks decision, and obeys. */
@org.jspecify.annotations.NullMarked
module io.landfall.edge {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.decision;
  requires transitive io.landfall.cache;
  requires transitive io.netty.common;
  requires transitive io.netty.transport;
  requires transitive io.netty.handler;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires com.aayushatharva.brotli4j;
  requires com.github.benmanes.caffeine;
  requires com.github.luben.zstd_jni;
  requires org.slf4j;

  exports io.landfall.edge;
  exports io.landfall.edge.access;
  exports io.landfall.edge.h1;
  exports io.landfall.edge.proxy;
  exports io.landfall.edge.purges;
  exports io.landfall.edge.server;
  exports io.landfall.edge.tls;
}
