package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.CacheResponse;
import io.landfall.cache.CacheStatus;
import io.landfall.cache.FetchTimes;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.Slices;
import io.landfall.cache.StoreDecision;
import io.landfall.cache.StoreRule;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestFields;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The response to one POST, which is stored as the answer to GET if it has the target as its
 * Content-Location and an explicit lifetime (RFC 9110 section 9.3.3). The request goes to the
 * origin by itself, and the body is copied on its way to the client. On the request's event loop.
 *
 * <p>A POST makes invalid what was stored before. So this response is stored only if no other
 * unsafe method was answered for its URL since it was asked for, and nothing is stored by then.
 */
final class PostedResponse {
  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString CONTENT_ENCODING = AsciiString.cached("content-encoding");

  private final Lookup lookup;
  private final FillKey key;
  private final FillJudge judge;
  private final int place;

  /** When it was asked for, by the table of what was made invalid; then when its head came. */
  private long ticket;

  private @Nullable StoredResponse made;

  private PostedResponse(Lookup lookup, StoredKey primary) {
    this.lookup = lookup;
    this.key = lookup.fetches().key(primary, primary, Slices.WHOLE);
    this.judge = new FillJudge(lookup, key, lookup.request(), null);
    PurgeMarks.Place url = primary.place(lookup.service().name().value());
    this.place = InvalidatedUrls.place(lookup.cache().marks().ofUrl(url.authority(), url.target()));
    this.ticket = lookup.cache().invalidated().ticket();
  }

  /** For a request that has not been sent; null if its response is stored in no case. */
  static @Nullable PostedResponse of(Lookup lookup) {
    RequestHead head = lookup.arrived().asReached();
    if (!lookup.service().policy().storesPost()
        || !head.method().name().equals(POST)
        || !isSentAsKeyed(head, lookup.request())
        || lookup.arrived().hasIdentity()
        || lookup.arrived().isForFew(lookup.service().name())) {
      return null;
    }
    CacheRequest get = new CacheRequest("GET", lookup.request().target(), head.fields(), false);
    boolean keyed =
        lookup
            .loop()
            .keys()
            .make(lookup.service().policy().key(), head.scheme(), head.authority(), get);
    return keyed ? new PostedResponse(lookup, StoredKey.of(lookup.loop().keys())) : null;
  }

  /**
   * Whether nothing of the request reaches the origin that a fetch for the same key would leave
   * out, but for Accept-Encoding; nor what a proxy before this node adds of the way.
   */
  private static boolean isSentAsKeyed(RequestHead head, CacheRequest keyed) {
    FieldLines fields = head.fields();
    RequestHead fetch = FetchFields.request(head, keyed.target().toString(), null, null);
    boolean as =
        AsciiString.contentEquals(keyed.target(), head.target())
            && head.authority().equals(head.authority().toLowerCase())
            && count(fields) == count(fetch.fields())
            && !RequestFields.dropsNominated(fields);
    for (int i = 0; i < fields.size() && as; i++) {
      AsciiString name = fields.name(i);
      as = !FieldNames.isHopMark(name) || name.equals(FieldNames.X_FORWARDED_FOR);
    }
    return as;
  }

  private static int count(FieldLines fields) {
    int count = 0;
    for (int i = 0; i < fields.size(); i++) {
      count += fields.name(i).equals(FieldNames.ACCEPT_ENCODING) ? 0 : 1;
    }
    return count;
  }

  /** Where it is noted that its URL was made invalid. */
  int place() {
    return place;
  }

  /**
   * Its head came, before anything was made invalid by it.
   *
   * @param fromNode whether another node sent it
   * @return whether it is copied: then what was asked for before is invalid, but this is not
   */
  boolean received(ResponseHead head, boolean fromNode) {
    long length = head.framing().isEmpty() ? 0 : head.framing().length();
    if (length > lookup.service().tier().largestBytes() || !mayStore(head, length)) {
      return false;
    }
    ticket = lookup.cache().invalidated().replace(place, ticket);
    if (isValid()
        && judge.of(head, fromNode, lookup.arrived().loop().date())
            instanceof FillVerdict.Fetch fetch) {
      made = fetch.made();
    }
    return made != null;
  }

  private boolean mayStore(ResponseHead head, long length) {
    boolean coded = head.fields().has(CONTENT_ENCODING);
    if (coded && !FetchFields.hasComparedEncoding(lookup.arrived().request().fields())) {
      return false;
    }
    EdgeCache cache = lookup.cache();
    CacheResponse response = new CacheResponse(head.status(), head.fields(), length);
    FetchTimes times = new FetchTimes(cache.nowMillis(), cache.nowMillis(), cache.wallMillis());
    // Asked before the judge is: a refusal must not let requests for the key go alone.
    return StoreRule.decide(lookup.request(), response, times, lookup.service().policy())
        instanceof StoreDecision.Store;
  }

  private boolean isValid() {
    return lookup.cache().invalidated().isValid(place, ticket);
  }

  /** What Cache-Status has of it, if it is copied. */
  CacheStatus.Forwarded status(CacheStatus.Forwarded what) {
    StoredResponse here = made;
    return here == null
        ? what
        : what.storedFor(here.meta().freshness().ttlSeconds(lookup.cache().nowMillis()));
  }

  /** A piece of the body, which stays its owner's. */
  void data(ByteBuf piece) {
    StoredResponse here = made;
    if (here != null && !here.body().append(piece)) {
      drop();
    }
  }

  /** All of it was received: it is stored. */
  void end() {
    StoredResponse here = made;
    if (here == null || !isValid() || lookup.service().tier().get(key.key()) != null) {
      return;
    }
    judge.whole(here);
    if (!isValid()) {
      // Another one made it invalid meanwhile: one of both sees the other.
      lookup.service().drop(key, here);
    }
  }

  /** The request is over, however that came. */
  void over() {
    drop();
    judge.release();
  }

  private void drop() {
    StoredResponse here = made;
    made = null;
    if (here != null) {
      here.release();
    }
  }
}
