package io.landfall.tracing;

import io.landfall.core.FailureText;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.QueueUse;
import io.landfall.edge.RequestSpans;
import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sampled requests on their way to the collector. Event loops put them into a bounded queue without
 * a lock; one thread takes them out, makes spans of them and sends those, a batch at a time. While
 * the collector is slow or gone the queue fills, and what has no room in it is dropped and counted:
 * no request waits.
 *
 * <p>OpenTelemetry's own {@code BatchSpanProcessor} would do the same for spans of its tracer; what
 * it drops it counts in metrics of OpenTelemetry only, and these spans are made of what the edge
 * has recorded anyway, off the event loops.
 */
final class SpanBatches implements RequestSpans {
  /** The most requests of one batch. */
  static final int MOST_TOGETHER = 256;

  /** How long a request waits for others, at most. */
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** More than the exporter's own limit: it ends by itself. */
  private static final long MOST_EXPORT_SECONDS = OtlpProvider.EXPORT_SECONDS + 5;

  private static final long CLOSE_MILLIS = 3_000;
  private static final long LOG_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Logger log = LoggerFactory.getLogger("landfall.tracing");

  private final Settings settings;
  private final SpanExporter exporter;
  private final RequestSpanMaker maker;
  private final Queue<FinishedRequest> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final LongAdder exported = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Thread sender;
  private volatile boolean ending;
  private volatile @Nullable String problem;

  // Of the sender.
  private long loggedNanos;

  /** Begins to send what comes by an exporter, which it closes in the end. */
  SpanBatches(Settings settings, SpanExporter exporter) {
    this.settings = settings;
    this.exporter = exporter;
    this.maker = new RequestSpanMaker(settings.node());
    this.sender = Thread.ofPlatform().name("tracing").daemon().start(this::send);
  }

  @Override
  public double share() {
    return settings.share();
  }

  @Override
  public void over(FinishedRequest request) {
    int before = count.getAndIncrement();
    if (before >= settings.mostRequests() || ending) {
      count.getAndDecrement();
      dropped.add(RequestSpanMaker.spans(request));
      return;
    }
    waiting.add(request);
    if (before + 1 == MOST_TOGETHER) {
      LockSupport.unpark(sender);
    }
  }

  @Override
  public Stats stats() {
    return new Stats(exported.sum(), dropped.sum(), failed.sum(), Optional.ofNullable(problem));
  }

  @Override
  public QueueUse queue() {
    // Whoever is turned away is counted for a moment.
    return new QueueUse(Math.min(count.get(), settings.mostRequests()), settings.mostRequests());
  }

  private void send() {
    while (!ending) {
      LockSupport.parkNanos(this, WAIT_NANOS);
      sendAll();
    }
    sendAll();
    exporter.shutdown().join(1, TimeUnit.SECONDS);
  }

  private void sendAll() {
    List<SpanData> batch = new ArrayList<>();
    int taken = 0;
    for (FinishedRequest next = waiting.poll(); next != null; next = waiting.poll()) {
      try {
        maker.addTo(batch, next);
      } catch (RuntimeException e) {
        count.getAndDecrement();
        failed.add(RequestSpanMaker.spans(next));
        failing(FailureText.of(e));
        continue;
      }
      taken++;
      if (taken == MOST_TOGETHER) {
        export(batch, taken);
        batch = new ArrayList<>();
        taken = 0;
      }
    }
    if (taken > 0) {
      export(batch, taken);
    }
  }

  /** Sends a batch, whose requests take room in the queue as long. */
  private void export(List<SpanData> batch, int requests) {
    CompletableResultCode result;
    try {
      result = exporter.export(batch).join(MOST_EXPORT_SECONDS, TimeUnit.SECONDS);
    } catch (RuntimeException | LinkageError e) {
      // The libraries stand in a layer of their own, from which a class may be missing.
      result = CompletableResultCode.ofExceptionalFailure(e);
    }
    count.getAndAdd(-requests);
    if (result.isSuccess()) {
      exported.add(batch.size());
      if (problem != null) {
        problem = null;
        log.atInfo().addKeyValue("collector", settings.collector()).log("spans are taken again");
      }
      return;
    }
    failed.add(batch.size());
    failing(why(result.getFailureThrowable()));
  }

  private static String why(@Nullable Throwable cause) {
    if (cause == null) {
      return "it has not answered in time";
    }
    if (cause instanceof HttpExportException failure) {
      HttpResponse response = failure.getResponse();
      return response != null ? "it answers " + response.getStatusCode() : why(failure.getCause());
    }
    return FailureText.of(cause);
  }

  private void failing(String why) {
    boolean first = problem == null;
    problem = why;
    if (first || System.nanoTime() - loggedNanos >= LOG_AGAIN_NANOS) {
      loggedNanos = System.nanoTime();
      log.atWarn()
          .addKeyValue("collector", settings.collector())
          .addKeyValue("why", why)
          .addKeyValue("failed", failed.sum())
          .addKeyValue("dropped", dropped.sum())
          .log("the collector takes no spans; they are lost, requests go on");
    }
  }

  @Override
  public void close() {
    ending = true;
    LockSupport.unpark(sender);
    try {
      sender.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
