package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;

/**
 * What requests have in common that wait for one fetch.
 *
 * @param key their primary key
 * @param secondaryKey what they have in the fields that selected what was stored last; empty if
 *     nothing was
 * @param fromNode whether other nodes forwarded them: what is fetched for those is never forwarded,
 *     and so no two nodes wait for each other
 */
record FillKey(StoredKey key, String secondaryKey, boolean fromNode) {
  /**
   * Whether a request is HEAD, and was sent as its key has it: only then does the answer tell of
   * what is stored under that.
   */
  static boolean isHead(CacheRequest request, RequestHead head) {
    boolean asKeyed = head.isHead() && AsciiString.contentEquals(request.target(), head.target());
    for (int i = 0; i < head.fields().size() && asKeyed; i++) {
      asKeyed = !FieldNames.isMethodOverride(head.fields().name(i));
    }
    return asKeyed;
  }
}
