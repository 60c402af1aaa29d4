package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.HostCheck;
import io.landfall.edge.http.LastHost;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The heads that come on one connection of a client, as they pass the gate. */
final class ClientHeads {
  private final AsciiString scheme;
  private final EdgeLimits limits;
  private final HeaderSectionReader sections;
  private final HostCheck hosts = new HostCheck();
  private final LastHost lastHost = new LastHost();
  private boolean mayBeHttp2;
  private boolean http2;
  private int headBytes;
  private int heads;

  /**
   * None yet.
   *
   * @param scheme the scheme of the listener
   * @param mayBeHttp2 whether the first may turn out to be the preface of HTTP/2
   */
  ClientHeads(AsciiString scheme, EdgeLimits limits, boolean mayBeHttp2) {
    this.scheme = scheme;
    this.limits = limits;
    this.sections = HeaderSectionReader.requests(limits);
    this.mayBeHttp2 = mayBeHttp2;
  }

  /** Whether the first byte of a head was seen and its end was not. */
  boolean isInside() {
    return sections.isInside();
  }

  /** The next head, whose time begins with its first byte; null if it is not whole or HTTP/2. */
  @Nullable RequestHead next(ByteBuf in, ClientTimeouts waits, long nowNanos) throws BadMessage {
    boolean began = isInside();
    byte[] lines = sections.cut(in);
    if (lines == null) {
      if (!began && isInside()) {
        waits.restart(nowNanos);
      }
      return null;
    }
    http2 = mayBeHttp2 && Http2Start.isPreface(lines);
    mayBeHttp2 = false;
    if (http2) {
      return null;
    }
    headBytes = lines.length;
    heads = heads == 0 ? 1 : 2;
    return hosts.check(Http1RequestParser.accept(lines, scheme, limits, lastHost));
  }

  /** Whether the last head was the first one of the connection. */
  boolean isFirst() {
    return heads == 1;
  }

  /** Takes an event of the connection. */
  void event(Object event, ChannelPipeline pipeline) {
    hosts.event(event);
    if (mayBeHttp2 && Http2Start.isShaken(event)) {
      // Over TLS it is agreed on, and the preface alone is none of it (RFC 9113 section 3.2).
      mayBeHttp2 = false;
      http2 = Http2Start.isAgreed(pipeline);
    }
  }

  /** Whether HTTP/2 was agreed on, or the start of its preface came instead of a head. */
  boolean isHttp2() {
    return http2;
  }

  /** What the last head takes, if it is so large that it counts. */
  int largeBytes() {
    return headBytes <= InputMemory.LARGE_HEAD_BYTES ? 0 : headBytes;
  }

  /** The hosts for which requests may come. */
  HostCheck hosts() {
    return hosts;
  }
}
