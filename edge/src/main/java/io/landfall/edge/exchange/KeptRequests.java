package io.landfall.edge.exchange;

import io.landfall.edge.FinishedRequest;
import io.landfall.edge.RequestSpans;
import io.landfall.edge.access.RecordBytes;
import io.landfall.edge.access.RequestRing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest finished requests of one event loop that have an id, to be found by it. */
final class KeptRequests {
  /** What they may take at a node, in bytes: some 20,000 requests. */
  static final long NODE_BYTES = 8L << 20;

  private final RequestRing ring;
  private final RecordBytes record = new RecordBytes();
  private final @Nullable RequestSpans spans;

  /**
   * None yet.
   *
   * @param loops how many loops share the memory
   * @param spans where sampled requests go; null for nowhere
   */
  KeptRequests(int loops, @Nullable RequestSpans spans) {
    this.spans = spans;
    ring = new RequestRing(NODE_BYTES / loops);
  }

  /** A request is over; one without an id is not kept. On the loop only. */
  void add(RequestLog log, long wallMillis, long micros) {
    RequestTrace trace = log.isDetailed() ? log.arrived().keptBy() : null;
    if (trace != null) {
      record.clear();
      RequestForm.write(record, log, trace, wallMillis, micros);
      ring.add(hash(trace.id()), record);
      if (spans != null && trace.span() != 0) {
        spans.over(RequestForm.read(record.written()));
      }
    }
  }

  /** Those with this id, in no order; any thread may ask. */
  List<FinishedRequest> find(String id) {
    List<FinishedRequest> found = new ArrayList<>();
    for (byte[] each : ring.find(hash(id))) {
      FinishedRequest read = RequestForm.read(new RecordBytes(each));
      if (read.ids().request().equals(id)) {
        found.add(read);
      }
    }
    return found;
  }

  private static int hash(CharSequence id) {
    int hash = 0;
    for (int i = 0; i < id.length(); i++) {
      hash = 31 * hash + id.charAt(i);
    }
    return hash;
  }
}
