package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.loop.InputMemory;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Optional;
import java.util.function.Function;

/** Netty's builder of HTTP/2 connections, with our limits. */
final class H2ConnectionBuilder<T extends H2Connection>
    extends AbstractHttp2ConnectionHandlerBuilder<T, H2ConnectionBuilder<T>> {
  /** Control frames that wait at the server's end, which stops reading long before. */
  private static final int MAX_QUEUED_AT_SERVER = 1_000;

  /** Netty gives a window back when no more than this of it is left. */
  private static final float WINDOW_UPDATE_RATIO =
      (H2Connection.WINDOW_PARTS - 1f) / H2Connection.WINDOW_PARTS;

  /**
   * A connection that is to be closed waits for its streams, however long they take: each has its
   * own limits.
   */
  private static final long FOR_EVER = -1;

  /** What a concrete connection is made of. */
  record Parts(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      H2Profile profile,
      Optional<UrgencyQueues> queues) {}

  /** SETTINGS_NO_RFC7540_PRIORITIES (RFC 9218 section 2.1). */
  private static final char NO_RFC7540_PRIORITIES = 9;

  private final H2Profile profile;
  private Optional<UrgencyQueues> queues = Optional.empty();
  private final Function<Parts, T> maker;

  private H2ConnectionBuilder(H2Profile profile, Function<Parts, T> maker) {
    this.profile = profile;
    this.maker = maker;
  }

  static <T extends H2Connection> T build(
      H2Profile profile, boolean server, EdgeLimits limits, Function<Parts, T> maker) {
    return new H2ConnectionBuilder<T>(profile, maker).configure(server, limits).build();
  }

  private H2ConnectionBuilder<T> configure(boolean server, EdgeLimits limits) {
    Http2Settings settings =
        new Http2Settings()
            .initialWindowSize(profile.windows(limits).streamWindowBytes())
            .maxHeaderListSize(profile.announcedSectionBytes(limits))
            .maxConcurrentStreams(server ? profile.maxStreams(limits) : 0);
    if (server) {
      settings.connectProtocolEnabled(true);
    } else {
      settings.pushEnabled(false);
    }
    Http2Connection made = connectionOf(server);
    if (profile.peer() == H2Profile.Peer.CLIENT) {
      settings.put(NO_RFC7540_PRIORITIES, Long.valueOf(1));
      UrgencyQueues ofMade = new UrgencyQueues(made);
      queues = Optional.of(ofMade);
      made.remote().flowController(new DefaultHttp2RemoteFlowController(made, ofMade));
    }
    connection(made);
    frameLogger(new RepeatedLengths());
    gracefulShutdownTimeoutMillis(FOR_EVER);
    initialSettings(settings);
    validateHeaders(true);
    validateRequiredPseudoHeaders(server);
    encoderEnforceMaxConcurrentStreams(false);
    encoderEnforceMaxQueuedControlFrames(
        server ? MAX_QUEUED_AT_SERVER : H2Connection.MAX_QUEUED_CONTROL_FRAMES);
    encoderIgnoreMaxHeaderListSize(true);
    decoderEnforceMaxConsecutiveEmptyDataFrames(profile.maxEmptyData());
    decoderEnforceMaxSmallContinuationFrames(profile.maxSmallContinuations());
    decoderEnforceMaxRstFramesPerWindow(profile.maxResets(), profile.resetWindowSeconds());
    encoderEnforceMaxRstFramesPerWindow(profile.maxResets(), profile.resetWindowSeconds());
    return this;
  }

  /**
   * What arrives is given back to the connection's window at once, and to the stream's when it was
   * taken: so streams that no one reads do not stop the others. What they hold together is bounded
   * by {@link InputMemory}.
   */
  private static Http2Connection connectionOf(boolean server) {
    Http2Connection made = new StreamTable(server);
    made.local()
        .flowController(new DefaultHttp2LocalFlowController(made, WINDOW_UPDATE_RATIO, true));
    return made;
  }

  @Override
  protected T build() {
    return super.build();
  }

  @Override
  protected T build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return maker.apply(new Parts(decoder, encoder, settings, profile, queues));
  }
}
