package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes a watch to its socket: one event a line (NDJSON), in chunks, until the other side closes.
 *
 * <p>It waits for each write, so a watcher that does not read keeps this virtual thread waiting and
 * nothing else; its events pile up to the watch's bound. One that takes nothing for a minute is cut
 * off, since it holds a place that another may want.
 */
final class MonitorStream {
  /** How long a watcher may take nothing at all. */
  static final long STUCK_MILLIS = 60_000;

  /** How often an idle stream looks whether it is still wanted. */
  private static final long LOOK_MILLIS = 1_000;

  /** Lines that go out in one write while more are waiting. */
  private static final int MAX_BATCH_BYTES = 32 * 1024;

  private final Channel channel;
  private final MonitorWatch watch;

  private MonitorStream(Channel channel, MonitorWatch watch) {
    this.channel = channel;
    this.watch = watch;
  }

  /** Runs until one side has had enough; on a virtual thread. */
  static void run(Channel channel, MonitorWatch watch) {
    channel.closeFuture().addListener(closed -> watch.close());
    try (watch) {
      new MonitorStream(channel, watch).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      var _ = channel.close();
    }
  }

  private void run() throws InterruptedException {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson")
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    var _ = channel.write(head);
    String hello = "at most " + MonitorWatch.MAX_WAITING + " events wait for this watcher";
    if (!send(MonitorEvent.ofStream(Instant.now(), "watching", hello).toLine())) {
      return;
    }
    while (!watch.isClosed() && channel.isActive()) {
      Optional<StreamedLine> event = watch.take(LOOK_MILLIS);
      if (event.isPresent() && !send(batch(event.get()))) {
        return;
      }
    }
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).await(LOOK_MILLIS);
  }

  private String batch(StreamedLine first) throws InterruptedException {
    StringBuilder lines = new StringBuilder(first.toLine());
    Optional<StreamedLine> next = watch.take(0);
    while (next.isPresent()) {
      lines.append(next.get().toLine());
      next = lines.length() < MAX_BATCH_BYTES ? watch.take(0) : Optional.empty();
    }
    return lines.toString();
  }

  private boolean send(String lines) throws InterruptedException {
    ChannelFuture written =
        channel.writeAndFlush(
            new DefaultHttpContent(Unpooled.wrappedBuffer(lines.getBytes(UTF_8))));
    return written.await(STUCK_MILLIS, TimeUnit.MILLISECONDS) && written.isSuccess();
  }
}
