package io.landfall.edge.h2;

import io.landfall.edge.loop.LoopTime;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;

/**
 * What a client does on one connection that costs and brings it nothing (RFC 9113 section 10.5),
 * counted until it is too much: then the connection ends with ENHANCE_YOUR_CALM. Faults are what
 * wastes requests: streams that it resets (CVE-2023-44487) or makes this node reset by an error
 * (CVE-2025-8671), and requests that are malformed. Control frames are cheap and have their use, so
 * each request and each larger DATA frame pays for some.
 */
final class Glitches implements FrameBudget {
  /** Faults at once. A page with a hundred requests under way may be left twice. */
  static final int MAX_FAULTS = 200;

  /** How long a fault counts: as many in the long run as {@link #MAX_FAULTS} in 30 s. */
  static final long FAULT_NANOS = 150_000_000;

  /** Control and empty frames at once. */
  static final int MAX_CONTROL_FRAMES = 2_000;

  /** How long one of those counts: 500 per second in the long run. */
  static final long CONTROL_FRAME_NANOS = 2_000_000;

  /** Control frames for which a request pays. */
  static final int PAID_BY_REQUEST = 2;

  /** Control frames, window updates most often, for which a DATA frame sent pays. */
  static final int PAID_BY_DATA = 2;

  /** What a DATA frame has at least to pay for anything: a window of one byte is not worth it. */
  static final int PAYING_DATA_BYTES = 256;

  /** DATA that brings little, at once: what a stream of short messages sends in one go. */
  static final int MAX_SMALL_DATA = 10_000;

  /** How long one of those counts: 10,000 per second in the long run. */
  static final long SMALL_DATA_NANOS = 100_000;

  /** DATA frames shorter than that bring little: each costs about as much as a full one. */
  static final int SMALL_DATA_BYTES = 256;

  /** What is counted. */
  enum Kind {
    /** RST_STREAM. */
    RESET("resets of streams"),
    /** An error that ends a stream. */
    STREAM_ERROR("errors of streams"),
    /** A request that the gate refuses, or that what follows its head makes malformed. */
    MALFORMED("malformed requests"),
    /** SETTINGS, and their acknowledgement. */
    SETTINGS("SETTINGS frames"),
    /** PING, and its acknowledgement. */
    PING("PING frames"),
    /** PRIORITY and PRIORITY_UPDATE (RFC 9218 section 7.1). */
    PRIORITY("PRIORITY frames"),
    /** WINDOW_UPDATE. */
    WINDOW_UPDATE("WINDOW_UPDATE frames"),
    /** HEADERS on a stream that this node has given up, or that is long over. */
    LATE_HEAD("HEADERS on streams that are over"),
    /** DATA or CONTINUATION without a byte, or with padding alone. */
    EMPTY("empty frames"),
    /** A type that this node does not know. */
    UNKNOWN("frames of unknown types"),
    /** DATA that is short, or on a stream that is over, and does not end its stream. */
    SMALL_DATA("small DATA frames");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    private boolean isFault() {
      return compareTo(MALFORMED) <= 0;
    }
  }

  /** PRIORITY_UPDATE (RFC 9218 section 7.1). */
  static final int PRIORITY_UPDATE = 0x10;

  private final LoopTime time;
  private final TokenBucket faults = new TokenBucket(MAX_FAULTS, FAULT_NANOS);
  private final TokenBucket controlFrames =
      new TokenBucket(MAX_CONTROL_FRAMES, CONTROL_FRAME_NANOS);
  private final TokenBucket smallData = new TokenBucket(MAX_SMALL_DATA, SMALL_DATA_NANOS);
  private long counted;

  Glitches(LoopTime time) {
    this.time = time;
  }

  /** How many there were of all kinds. */
  long counted() {
    return counted;
  }

  /** Counts one; what the connection ends with if it is one too many, else null. */
  @Nullable Http2Exception count(Kind kind) {
    counted++;
    TokenBucket bucket =
        kind == Kind.SMALL_DATA ? smallData : kind.isFault() ? faults : controlFrames;
    return bucket.take(time.nowNanos())
        ? null
        : Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many " + kind.text);
  }

  /** A DATA frame was sent. */
  void sent(int bytes) {
    if (bytes >= PAYING_DATA_BYTES) {
      controlFrames.give(PAID_BY_DATA);
    }
  }

  /** A request pays, its trailers do not; what this node gave up before is worth nothing. */
  private @Nullable Http2Exception head(PeerStreams.Use use) {
    if (use == PeerStreams.Use.NEW) {
      controlFrames.give(PAID_BY_REQUEST);
    }
    return use == PeerStreams.Use.LATE ? count(Kind.LATE_HEAD) : null;
  }

  /**
   * Each frame is work, whatever it brings: one byte costs as much as thousands. How much of a
   * padded one is content stands behind its header, so each of these counts. What ends a stream is
   * paid for by its request.
   */
  private @Nullable Http2Exception data(int flags, int length, PeerStreams.Use use) {
    if ((flags & Http2Flags.END_STREAM) != 0) {
      return null;
    }
    if (length == 0) {
      return count(Kind.EMPTY);
    }
    boolean padded = (flags & Http2Flags.PADDED) != 0;
    boolean small = length < SMALL_DATA_BYTES || padded || use == PeerStreams.Use.LATE;
    return small ? count(Kind.SMALL_DATA) : null;
  }

  /** Netty drops it on a stream that is not open, so it is judged before. */
  private @Nullable Http2Exception priorityUpdate(int length, PeerStreams.Use use) {
    if (use != PeerStreams.Use.CONNECTION) {
      return Http2Exception.connectionError(
          Http2Error.PROTOCOL_ERROR, "PRIORITY_UPDATE on a stream");
    }
    return length < Integer.BYTES
        ? Http2Exception.connectionError(
            Http2Error.FRAME_SIZE_ERROR, "PRIORITY_UPDATE without a stream")
        : count(Kind.PRIORITY);
  }

  @Override
  public @Nullable Http2Exception begins(int type, int flags, int length, PeerStreams.Use use) {
    return switch (type) {
      case Http2FrameTypes.HEADERS -> head(use);
      case Http2FrameTypes.DATA -> data(flags, length, use);
      case Http2FrameTypes.CONTINUATION -> length == 0 ? count(Kind.EMPTY) : null;
      case Http2FrameTypes.RST_STREAM -> count(Kind.RESET);
      case Http2FrameTypes.SETTINGS -> count(Kind.SETTINGS);
      case Http2FrameTypes.PING -> count(Kind.PING);
      case Http2FrameTypes.WINDOW_UPDATE -> count(Kind.WINDOW_UPDATE);
      case Http2FrameTypes.PRIORITY -> count(Kind.PRIORITY);
      case PRIORITY_UPDATE -> priorityUpdate(length, use);
      default -> count(Kind.UNKNOWN);
    };
  }
}
