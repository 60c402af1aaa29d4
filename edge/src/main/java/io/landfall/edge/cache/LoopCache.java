package io.landfall.edge.cache;

import io.landfall.cache.AcceptedCodings;
import io.landfall.cache.FieldSection;
import io.landfall.cache.Freshness;
import io.landfall.cache.KeyBuffer;
import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.SipHash;
import io.landfall.core.ServiceName;
import io.landfall.edge.PurgeOrder;
import io.landfall.edge.exchange.Arrived;
import io.landfall.edge.exchange.CacheTurn;
import io.landfall.edge.exchange.CacheUse;
import io.netty.util.AsciiString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The cache as one event loop uses it: touched by that loop only. */
final class LoopCache implements CacheUse {
  /** What Age (RFC 9111 section 5.1), in whole seconds, may leave out of an age. */
  static final long AGE_ROUNDING_MILLIS = 1_000;

  /** Accept-Encoding fields that are known; then they begin anew. */
  private static final int MOST_KNOWN = 32;

  /** Longer ones are read each time. */
  private static final int LONGEST_KNOWN = 128;

  private final EdgeCache shared;
  private final KeyBuffer keys;
  private final PurgeEpochs epochs;
  private final Executor executor;

  /** What Accept-Encoding fields accept: browsers send few different ones, and they are long. */
  private final Map<AsciiString, AcceptedCodings> accepted = new HashMap<>();

  LoopCache(EdgeCache shared, SipHash hash, Executor executor) {
    this.shared = shared;
    this.keys = new KeyBuffer(hash);
    this.epochs = new PurgeEpochs(shared.marks(), PurgeEpochs.DEFAULT_MARKS);
    this.executor = executor;
  }

  @Override
  public @Nullable CacheTurn begin(Arrived request, ServiceName service) {
    ServiceCache cached = shared.of(service);
    if (cached == null || isOfOneClient(request) || isForFew(request, service)) {
      return null;
    }
    return PurgeTurn.isOne(request) ? new PurgeTurn(request) : new Lookup(this, cached, request);
  }

  /**
   * What is asked for with a client's certificate, or with what an authorization service has given
   * for that client, is for that client, and passes the cache.
   */
  private static boolean isOfOneClient(Arrived request) {
    return request.request().method().isRead()
        && (request.tellsOfCertificate() || request.hasIdentity());
  }

  /** What may be answered by a backend that others do not get passes the cache. */
  private static boolean isForFew(Arrived request, ServiceName service) {
    return request.request().method().isRead() && request.isForFew(service);
  }

  /** Applies purges, the first of which has this epoch. */
  void apply(List<PurgeOrder> orders, long first) {
    long epoch = first;
    for (PurgeOrder each : orders) {
      epochs.apply(each.purge(), each.soft(), epoch++);
    }
  }

  /**
   * Whether a response that another node gave was asked of the origin after each purge of it that
   * was applied here, so that it may be kept. That node may not have applied them yet.
   */
  boolean isYoungerThanPurges(Freshness freshness, long[] marks, long validAtEpoch) {
    if (epochs.latest() == PurgeEpochs.START) {
      return true;
    }
    long nowMillis = shared.nowMillis();
    long age = freshness.ageMillis(nowMillis) + AGE_ROUNDING_MILLIS;
    long since = Math.min(shared.purgeAt(nowMillis - age), validAtEpoch);
    return epochs.check(marks, since) == PurgeVerdict.VALID;
  }

  /** What a request accepts of codings. */
  AcceptedCodings accepted(FieldSection request) {
    CharSequence value = AcceptedCodings.value(request);
    if (value == null) {
      return AcceptedCodings.ABSENT;
    }
    AsciiString text = AsciiString.of(value);
    AcceptedCodings known = accepted.get(text);
    if (known != null) {
      return known;
    }
    AcceptedCodings read = AcceptedCodings.of(value);
    if (value.length() <= LONGEST_KNOWN) {
      if (accepted.size() == MOST_KNOWN) {
        accepted.clear();
      }
      accepted.put(new AsciiString(text.toByteArray(), false), read);
    }
    return read;
  }

  EdgeCache shared() {
    return shared;
  }

  KeyBuffer keys() {
    return keys;
  }

  PurgeEpochs epochs() {
    return epochs;
  }

  Executor executor() {
    return executor;
  }
}
