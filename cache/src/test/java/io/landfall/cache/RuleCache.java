package io.landfall.cache;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;

/** The smallest cache that goes by the rules of the room: what an edge does, without an edge. */
@NullUnmarked
final class RuleCache implements ModelCache {
  private record Entry(StoredMeta meta, Lines fields) {}

  private final CachePolicy policy;
  private final Map<String, Variants<Entry>> stored = new TreeMap<>();

  RuleCache(CachePolicy policy) {
    this.policy = policy;
  }

  @Override
  public String ask(String target, Lines request, long now) {
    Entry entry = select(target, request);
    RequestDirectives directives = directives(request);
    Reuse reuse =
        entry == null
            ? Reuse.withoutStored(directives)
            : Reuse.decide(entry.meta().freshness(), directives, false, now);
    return switch (reuse) {
      case FRESH, STALE_ACCEPTED -> "answer";
      case STALE_WHILE_REVALIDATE -> "answer-and-validate";
      case FETCH -> "fetch";
      case VALIDATE, VALIDATE_AS_ASKED -> "validate";
      case GATEWAY_TIMEOUT -> "504";
    };
  }

  @Override
  public boolean answersError(String target, Lines request, int status, long now) {
    Entry entry = select(target, request);
    return entry != null
        && Reuse.staleOnError(entry.meta().freshness(), directives(request), status, now);
  }

  @Override
  public long ageSeconds(String target, Lines request, long now) {
    return select(target, request).meta().freshness().ageSeconds(now);
  }

  @Override
  public String conditions(String target, Lines request) {
    Lines conditions = new Lines();
    select(target, request).meta().validators().addConditions(conditions);
    String tag = conditions.get("if-none-match");
    String modified = conditions.get("if-modified-since");
    return (tag == null ? "" : tag) + "|" + (modified == null ? "" : modified);
  }

  @Override
  public boolean isNotModified(String target, Lines request, long now) {
    CacheRequest get = new CacheRequest("GET", target, request, false);
    return Preconditions.evaluate(get, select(target, request).meta(), now)
        == Preconditions.NOT_MODIFIED;
  }

  @Override
  public boolean receive(
      String target, Lines request, int status, Lines response, FetchTimes times) {
    StoreDecision decision =
        StoreRule.decide(
            new CacheRequest("GET", target, request, false),
            new CacheResponse(status, response, CacheResponse.UNKNOWN),
            times,
            policy);
    if (!(decision instanceof StoreDecision.Store(StoredMeta meta))) {
      return false;
    }
    Lines kept = new Lines();
    StoredFields.write(response, meta, kept);
    stored.put(target, variants(target).with(meta, request, response, new Entry(meta, kept)));
    return true;
  }

  @Override
  public boolean receiveNotModified(String target, Lines request, Lines update, FetchTimes times) {
    int index = variants(target).select(request);
    Entry entry = variants(target).value(index);
    long wall = times.wallMillis();
    if (Freshening.ofNotModified(entry.meta().validators(), update, wall) != Freshening.FRESHEN) {
      return false;
    }
    Lines merged = new Lines();
    StoredFields.freshen(entry.fields(), update, merged);
    stored.put(target, variants(target).without(index));
    receive(target, request, entry.meta().status(), merged, times);
    return true;
  }

  private RequestDirectives directives(Lines request) {
    RequestDirectives all = RequestDirectives.of(request);
    return policy.honoursClientNoCache() ? all : all.withoutDemands();
  }

  private Variants<Entry> variants(String target) {
    return stored.getOrDefault(target, Variants.none(Variants.MOST_VARIANTS));
  }

  private Entry select(String target, Lines request) {
    int index = variants(target).select(request);
    return index == Variants.NONE ? null : variants(target).value(index);
  }
}
