package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.CacheStatus;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.RequestDirectives;
import io.landfall.cache.Reuse;
import io.landfall.edge.exchange.Arrived;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;

/** One request of a cached service, as the rules of the cache see it. */
abstract class CachedRequest {
  final LoopCache loop;
  final EdgeCache cache;
  final ServiceCache service;
  final Arrived arrived;
  final CacheRequest request;
  final RequestDirectives directives;

  CachedRequest(LoopCache loop, ServiceCache service, Arrived arrived) {
    this.loop = loop;
    this.cache = loop.shared();
    this.service = service;
    this.arrived = arrived;
    RequestHead head = arrived.request();
    CachePolicy policy = service.policy();
    this.request =
        new CacheRequest(
            head.method().name(),
            policy.key().query().apply(head.routingTarget()),
            head.fields(),
            !head.framing().isEmpty());
    RequestDirectives said = RequestDirectives.of(head.fields());
    this.directives = policy.honoursClientNoCache() ? said : said.withoutDemands();
  }

  final LoopCache loop() {
    return loop;
  }

  final EdgeCache cache() {
    return cache;
  }

  final ServiceCache service() {
    return service;
  }

  final Arrived arrived() {
    return arrived;
  }

  final CacheRequest request() {
    return request;
  }

  final RequestDirectives directives() {
    return directives;
  }

  final boolean has(AsciiString name) {
    return arrived.request().fields().has(name);
  }

  /** Whether only the origin can tell what the request's conditions mean. */
  final boolean isConditionOfOrigin() {
    return has(FieldNames.IF_MATCH) || has(FieldNames.IF_UNMODIFIED_SINCE);
  }

  /** Whether a response may be used for this request without validation. */
  final boolean isReusable(StoredResponse response) {
    return Reuse.decide(response.meta().freshness(), directives, false, cache.nowMillis())
        .answers();
  }

  /** Whether no unsafe method made it invalid. */
  final boolean isValid(StoredResponse response) {
    return cache.invalidated().isValid(response.ties().place(), response.ties().ticket());
  }

  /** What purges left of a response, as far as this event loop knows. */
  final PurgeVerdict verdict(StoredResponse response) {
    if (!isValid(response)) {
      return PurgeVerdict.PURGED;
    }
    return loop.epochs().check(response.marks(), response.validAtEpoch());
  }

  final void addStatus(FieldLines out, CacheStatus.Forwarded what) {
    out.add(FieldNames.CACHE_STATUS, AsciiString.of(cache.status().forwarded(what)));
  }
}
