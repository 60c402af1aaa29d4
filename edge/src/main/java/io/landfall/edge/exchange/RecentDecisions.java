package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.TcpRequest;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest finished requests of one event loop: a ring that the loop writes and anybody may read.
 * A reader that is overtaken sees a newer record, never a broken one.
 *
 * <p>What was recorded stands in places that are used again, and no object is made for it. A ring
 * of objects has to be copied in each collection of the young generation, which at a high rate of
 * requests has hardly anything else to copy: half of each pause went there.
 */
final class RecentDecisions {
  static final int CAPACITY = 1024;

  /** A path takes room in steps of so many bytes. */
  private static final int PATH_STEP = 64;

  /** How often a reader tries a place that is being written. */
  private static final int MOST_TRIES = 64;

  /** Times that each place was written, doubled; odd while it is being written. */
  private final AtomicIntegerArray versions = new AtomicIntegerArray(CAPACITY);

  private final Place[] places = new Place[CAPACITY];
  private int next;

  /** One place of the ring. */
  private static final class Place {
    private long wallMillis;
    private long endedNanos;
    private long micros;
    private Arrival arrival = Arrival.CLIENT;
    private Reason reason = Reason.UNKNOWN_HOST;
    private Optional<ServiceName> service = Optional.empty();
    private String method = "";
    private String host = "";
    private String target = "";
    private byte[] path = {};
    private int pathLength;
    private int status;
    private int attempts;

    void write(RequestLog log, long wallMillis, long micros) {
      RequestHead request = log.request();
      this.wallMillis = wallMillis;
      endedNanos = log.nanosAfter(micros);
      this.micros = micros;
      arrival = log.arrival();
      reason = log.reason;
      service = log.service;
      method = TcpRequest.is(request) ? "TCP" : request.method().name().toString();
      host = request.host();
      target = log.target;
      status = log.status;
      attempts = log.attempts;
      writePath(request.target());
    }

    @SuppressWarnings("deprecation") // Copies without an encoder; a target is ASCII.
    private void writePath(String text) {
      int length = Math.min(text.length(), DecisionRecord.MAX_PATH);
      if (length > path.length) {
        path = new byte[(length + PATH_STEP - 1) / PATH_STEP * PATH_STEP];
      }
      text.getBytes(0, length, path, 0);
      pathLength = length;
    }

    /** What stands here, in parts that may belong to different requests. */
    DecisionRecord read() {
      return new DecisionRecord(
          new DecisionRecord.Ended(wallMillis, endedNanos),
          arrival,
          new DecisionRecord.Asked(method, host, readPath(), service),
          reason,
          target,
          status,
          attempts,
          micros);
    }

    @SuppressWarnings("deprecation") // As it was written.
    private String readPath() {
      byte[] bytes = path;
      return new String(bytes, 0, 0, Math.min(pathLength, bytes.length));
    }
  }

  RecentDecisions() {
    for (int i = 0; i < CAPACITY; i++) {
      places[i] = new Place();
    }
  }

  /**
   * Records a request that is over; on the loop only.
   *
   * @param wallMillis when it ended, milliseconds since 1970
   * @param micros how long it took
   */
  void add(RequestLog log, long wallMillis, long micros) {
    int at = next;
    int version = versions.getPlain(at);
    versions.setOpaque(at, version + 1);
    // Who sees any of what follows sees that the place is being written.
    VarHandle.storeStoreFence();
    places[at].write(log, wallMillis, micros);
    versions.setRelease(at, version + 2);
    next = (at + 1) % CAPACITY;
  }

  /** All records there are, in no order. */
  List<DecisionRecord> all() {
    List<DecisionRecord> records = new ArrayList<>();
    for (int i = 0; i < CAPACITY; i++) {
      DecisionRecord found = read(i);
      if (found != null) {
        records.add(found);
      }
    }
    return records;
  }

  /** What stands in a place; null if nothing does, or it is written over and over. */
  private @Nullable DecisionRecord read(int at) {
    for (int i = 0; i < MOST_TRIES; i++) {
      int version = versions.getAcquire(at);
      if (version == 0) {
        return null;
      }
      DecisionRecord found = places[at].read();
      VarHandle.acquireFence();
      if (version % 2 == 0 && versions.getOpaque(at) == version) {
        return found;
      }
      Thread.onSpinWait();
    }
    return null;
  }
}
