package io.landfall.node.watch;

import io.landfall.bgp.watch.Bmp;
import io.landfall.config.WatchConfig;
import io.landfall.core.Backoff;
import io.landfall.core.SocketText;
import io.landfall.node.ControlLoop;
import io.landfall.transport.Sockets;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One BMP station (RFC 7854 section 3.2): this node connects to it, again and again, and sends; the
 * station never does. On the control thread only, to which its channel belongs.
 *
 * <p>Nothing waits for a station. The table is sent in slices and only while the channel takes
 * bytes; what peers send is written as it comes, and when more than a bound waits, or nothing has
 * left for a minute, the station is disconnected. It is then connected to anew and sent everything
 * from the start, so it never has to guess what it missed.
 */
final class BmpStation {
  private static final Logger log = LoggerFactory.getLogger("landfall.watch");

  /** The pauses between two attempts (RFC 7854 section 3.2). */
  private static final Backoff.Limits RETRY =
      new Backoff.Limits(250_000_000L, 1_000_000_000L, 64_000_000_000L);

  /** A connection that lived for less does not shorten the next pause. */
  private static final long PROVED_MILLIS = 60_000;

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  /** Nothing more of the table is written while this much waits. */
  private static final int LOW_WATER_BYTES = 64 << 10;

  private static final int HIGH_WATER_BYTES = 256 << 10;

  /** A station that takes no byte for so long is disconnected. */
  private static final long STALL_MILLIS = 60_000;

  /** How long the last words may take to leave. */
  private static final long GOODBYE_MILLIS = 1_000;

  private final WatchConfig.Station config;
  private final BmpFeed feed;
  private final ControlLoop control;
  private final Runnable onChange;
  private final StationCounts counts;
  private @Nullable Channel channel;
  private @Nullable BmpTable table;
  private final Backoff backoff =
      new Backoff(RETRY, bound -> ThreadLocalRandom.current().nextLong(bound));
  private long connectedAtNanos;
  private long failedAttempts;
  private boolean flushDue;
  private boolean pumpDue;
  private boolean stopped;
  private String why = "";

  /**
   * A station that is not connected to yet.
   *
   * @param onChange called when it becomes connected or is no longer
   */
  BmpStation(WatchConfig.Station config, BmpFeed feed, ControlLoop control, Runnable onChange) {
    this.config = config;
    this.feed = feed;
    this.control = control;
    this.onChange = onChange;
    this.counts = new StationCounts(label(config));
  }

  private static String label(WatchConfig.Station config) {
    String address = config.address().getAddress().getHostAddress();
    return (address.indexOf(':') < 0 ? address : "[" + address + "]")
        + ":"
        + config.address().getPort();
  }

  StationCounts counts() {
    return counts;
  }

  boolean isConnected() {
    return channel != null;
  }

  /** Connects. */
  void connect() {
    if (stopped) {
      return;
    }
    new Bootstrap()
        .group(control.eventLoop())
        .channelFactory(Sockets.clientChannels(control.eventLoop().parent()))
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
        .handler(new Wire())
        .connect(config.address())
        .addListener(
            (ChannelFutureListener)
                done -> {
                  if (!done.isSuccess()) {
                    failed(SocketText.why(done.cause()));
                  }
                });
  }

  private void failed(String reason) {
    failedAttempts++;
    counts.failedAttempts++;
    if (Long.bitCount(failedAttempts) == 1) {
      log.atWarn()
          .addKeyValue("station", counts.station)
          .addKeyValue("attempts", failedAttempts)
          .addKeyValue("why", reason)
          .log("bmp station unreachable");
    }
    retryLater();
  }

  private void retryLater() {
    if (!stopped) {
      control.schedule(backoff.afterFailureNanos(), this::connect);
    }
  }

  private void connected(Channel opened) {
    if (stopped) {
      var _ = opened.close();
      return;
    }
    channel = opened;
    table = new BmpTable(feed);
    why = "closed by the station";
    failedAttempts = 0;
    connectedAtNanos = control.monotonicNanos();
    counts.connections++;
    counts.connected = true;
    log.atInfo().addKeyValue("station", counts.station).log("bmp station up");
    onChange.run();
    feed.beginning(nowMicros()).forEach(this::tell);
    pumpSoon();
    tellStatisticsLater(opened);
  }

  private void tellStatisticsLater(Channel of) {
    control.schedule(
        TimeUnit.MILLISECONDS.toNanos(config.statisticsMillis()),
        () -> {
          if (of.equals(channel)) {
            feed.statistics(nowMicros()).forEach(this::tell);
            tellStatisticsLater(of);
          }
        });
  }

  private long nowMicros() {
    return TimeUnit.MILLISECONDS.toMicros(control.wallMillis());
  }

  /** Writes one message; disconnects when too much waits. */
  void tell(byte[] message) {
    Channel open = channel;
    if (open == null) {
      return;
    }
    var _ = open.write(Unpooled.wrappedBuffer(message), open.voidPromise());
    counts.messages++;
    counts.bytes += message.length;
    if (!flushDue) {
      flushDue = true;
      // After the events that are already here, so that one system call carries what they tell.
      control.execute(this::flush);
    }
    if (!open.isWritable()
        && LOW_WATER_BYTES + open.bytesBeforeWritable() > config.maxPendingBytes()) {
      counts.disconnectedAsSlow++;
      disconnect(open, "it reads too slowly: " + config.maxPendingBytes() + " bytes wait for it");
    }
  }

  private void flush() {
    flushDue = false;
    Channel open = channel;
    if (open != null) {
      open.flush();
    }
  }

  /** These paths are others now, or gone. */
  void pathsChanged(int[] ownPathIds) {
    BmpTable current = table;
    if (current != null) {
      current.changed(ownPathIds);
      pumpSoon();
    }
  }

  private void pumpSoon() {
    if (!pumpDue) {
      pumpDue = true;
      control.execute(this::pump);
    }
  }

  /** Tells one slice of the table, and goes on once everything else had its turn. */
  private void pump() {
    pumpDue = false;
    Channel open = channel;
    BmpTable current = table;
    if (open == null || current == null || !open.isWritable() || !current.hasMore()) {
      return;
    }
    current.slice(nowMicros()).forEach(this::tell);
    pumpSoon();
  }

  private void disconnect(Channel open, String reason) {
    if (open.equals(channel)) {
      why = reason;
      gone(open);
    }
    // What waits for it is thrown away with the channel.
    var _ = open.close();
  }

  private void gone(Channel lost) {
    if (!lost.equals(channel)) {
      return;
    }
    channel = null;
    table = null;
    counts.connected = false;
    counts.disconnections++;
    log.atWarn()
        .addKeyValue("station", counts.station)
        .addKeyValue("why", why)
        .log("bmp station down");
    long livedNanos = control.monotonicNanos() - connectedAtNanos;
    if (TimeUnit.NANOSECONDS.toMillis(livedNanos) >= PROVED_MILLIS) {
      backoff.reset();
    }
    onChange.run();
    retryLater();
  }

  /** Says goodbye (RFC 7854 section 4.5) and connects no more. */
  void stop(String reason) {
    stopped = true;
    Channel open = channel;
    if (open == null) {
      return;
    }
    tell(Bmp.termination(Bmp.ADMINISTRATIVELY_CLOSED, reason));
    why = reason;
    if (open.equals(channel)) {
      gone(open);
      open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      control.schedule(
          TimeUnit.MILLISECONDS.toNanos(GOODBYE_MILLIS),
          () -> {
            var _ = open.close();
          });
    }
  }

  /** What the channel reports; every callback is on the control thread. */
  private final class Wire extends ChannelInboundHandlerAdapter {
    private long fullSinceNanos;

    @Override
    public void channelActive(ChannelHandlerContext context) {
      control.hereOrLater(() -> connected(context.channel()));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
      // RFC 7854 section 3.2: a station never sends, so this is something else.
      control.hereOrLater(
          () -> disconnect(context.channel(), "it sent bytes, which no BMP station does"));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (context.channel().isWritable()) {
        fullSinceNanos = 0;
        control.execute(BmpStation.this::pumpSoon);
        return;
      }
      long since = Math.max(1, control.monotonicNanos());
      fullSinceNanos = since;
      control.schedule(
          TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS),
          () -> {
            if (fullSinceNanos == since && context.channel().equals(channel)) {
              counts.disconnectedAsSlow++;
              disconnect(context.channel(), "it took nothing for " + STALL_MILLIS / 1_000 + " s");
            }
          });
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      control.hereOrLater(() -> gone(context.channel()));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      control.hereOrLater(() -> disconnect(context.channel(), SocketText.why(cause)));
    }
  }
}
