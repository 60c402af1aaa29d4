package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;

/** Requests for the head of what a key stands for. */
final class KeyedHead {
  private KeyedHead() {}

  /**
   * Whether a request is HEAD, and was sent as its key has it: only then is the answer about what
   * is stored under that.
   *
   * @param sent the request as it was sent
   * @param keyed the request as its key has it
   */
  static boolean is(RequestHead sent, CacheRequest keyed) {
    boolean asKeyed = sent.isHead() && AsciiString.contentEquals(keyed.target(), sent.target());
    for (int i = 0; i < sent.fields().size() && asKeyed; i++) {
      asKeyed = !FieldNames.isMethodOverride(sent.fields().name(i));
    }
    return asKeyed;
  }
}
