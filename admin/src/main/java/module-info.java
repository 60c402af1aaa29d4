/** What may be asked of a node, and its one JSON; the metrics of a scrape. */
@org.jspecify.annotations.NullMarked
module io.landfall.admin {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires java.management;
  // The library's collectors read file descriptors and CPU time of it, by reflection.
  requires jdk.management;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires io.prometheus.metrics.config;
  requires io.prometheus.metrics.instrumentation.jvm;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires org.slf4j;
  requires tools.jackson.core;

  exports io.landfall.admin;
  exports io.landfall.admin.client;
  exports io.landfall.admin.json;
  exports io.landfall.admin.metrics;
  exports io.landfall.admin.model;
}
