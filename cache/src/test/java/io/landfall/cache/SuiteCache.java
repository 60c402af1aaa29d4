package io.landfall.cache;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;

/**
 * A whole cache by the rules, in memory, with bodies: what the conformance suite is run against.
 */
@NullUnmarked
final class SuiteCache {
  /** A message with its body; a status of 0 is an origin that closed the connection. */
  record Answer(int status, Lines fields, String body) {}

  /** Where requests are sent. */
  interface Upstream {
    Answer send(String method, String target, Lines fields, long now);
  }

  /** A stored response; of a part, which one. */
  private record Stored(StoredMeta meta, Lines fields, String body, ContentRange part) {}

  private final CachePolicy policy;
  private final Upstream upstream;
  private final Map<String, Variants<Stored>> stored = new TreeMap<>();

  SuiteCache(CachePolicy policy, Upstream upstream) {
    this.policy = policy;
    this.upstream = upstream;
  }

  Answer request(CacheRequest request, long now) {
    String target = request.target().toString();
    Lines fields = (Lines) request.fields();
    if (LookupRule.decide(request, policy) != LookupRule.LOOK_UP) {
      Answer answer = upstream.send(request.method().toString(), target, fields, now);
      CacheResponse response = response(answer);
      for (String each : Invalidation.targets("http", "h", request, response)) {
        stored.remove(each);
      }
      return store(request, answer, now);
    }
    RequestDirectives directives = RequestDirectives.of(fields);
    int index = variants(target).select(fields);
    Stored entry = index == Variants.NONE ? null : variants(target).value(index);
    Reuse reuse =
        entry == null
            ? Reuse.withoutStored(directives)
            : Reuse.decide(entry.meta().freshness(), directives, false, now);
    Optional<Answer> hit = reuse.answers() ? answer(request, entry, now) : Optional.empty();
    if (hit.isPresent()) {
      return hit.get();
    }
    if (reuse == Reuse.GATEWAY_TIMEOUT) {
      return new Answer(504, new Lines(), "");
    }
    boolean validates =
        entry != null && entry.part() == null && entry.meta().validators().canValidate();
    return request.isHead()
        ? head(request, entry, now)
        : fetch(request, validates ? entry : null, entry, now);
  }

  private Answer fetch(CacheRequest request, Stored validated, Stored entry, long now) {
    String target = request.target().toString();
    Lines fields = (Lines) request.fields();
    Lines sent = validated == null ? fields : conditional(fields, validated);
    Answer answer = upstream.send(request.method().toString(), target, sent, now);
    if (validated != null && answer.status() == StatusRules.NOT_MODIFIED) {
      Freshening about =
          Freshening.ofNotModified(validated.meta().validators(), answer.fields(), now);
      if (about != Freshening.FRESHEN) {
        return fetch(request, null, entry, now);
      }
      return freshened(request, validated, answer.fields(), now);
    }
    RequestDirectives directives = RequestDirectives.of(fields);
    if (entry != null
        && Reuse.staleOnError(entry.meta().freshness(), directives, answer.status(), now)) {
      return answer(request, entry, now).orElseThrow();
    }
    return answer.status() == 0 ? new Answer(502, new Lines(), "") : store(request, answer, now);
  }

  private Answer head(CacheRequest request, Stored entry, long now) {
    String target = request.target().toString();
    Answer answer = upstream.send("HEAD", target, (Lines) request.fields(), now);
    boolean freshens =
        entry != null
            && Freshening.ofHead(entry.meta(), entry.body().length(), response(answer), now)
                == Freshening.FRESHEN;
    return freshens ? freshened(request, entry, answer.fields(), now) : answer;
  }

  private Answer freshened(CacheRequest request, Stored entry, Lines update, long now) {
    Lines merged = new Lines();
    StoredFields.freshen(entry.fields(), update, merged);
    Answer whole = new Answer(entry.meta().status(), merged, entry.body());
    CacheRequest get =
        new CacheRequest("GET", request.target(), request.fields(), request.hasBody());
    store(get, whole, now);
    return conditionally(request, entry.meta(), whole, now);
  }

  private static Lines conditional(Lines fields, Stored entry) {
    Lines sent = new Lines();
    for (int i = 0; i < fields.size(); i++) {
      if (!fields.name(i).toString().startsWith("if-")) {
        sent.add(fields.name(i), fields.value(i));
      }
    }
    entry.meta().validators().addConditions(sent);
    return sent;
  }

  /** Stores what may be, and gives it back without the fields of the connection. */
  private Answer store(CacheRequest request, Answer answer, long now) {
    FetchTimes times = new FetchTimes(now, now, now);
    StoreDecision decision = StoreRule.decide(request, response(answer), times, policy);
    Lines kept = new Lines();
    StoredMeta all = new StoredMeta(0, null, null, Vary.NONE, List.of(), List.of(), List.of());
    StoredFields.write(answer.fields(), all, kept);
    if (answer.fields().get("age") != null) {
      kept.add("age", answer.fields().get("age"));
    }
    if (decision instanceof StoreDecision.Store(StoredMeta meta)) {
      Lines fields = new Lines();
      StoredFields.write(answer.fields(), meta, fields);
      ContentRange part = ContentRange.of(answer.fields()).orElse(null);
      part = answer.status() == StatusRules.PARTIAL_CONTENT ? part : null;
      boolean honest = part == null || part.bytes() == answer.body().length();
      if (honest) {
        String target = request.target().toString();
        Stored entry = new Stored(meta, fields, answer.body(), part);
        stored.put(target, variants(target).with(meta, request.fields(), answer.fields(), entry));
      }
    }
    return new Answer(answer.status(), kept, answer.body());
  }

  /** What a stored response answers; empty if it is a part that has not what is asked for. */
  private Optional<Answer> answer(CacheRequest request, Stored entry, long now) {
    Lines fields = new Lines();
    for (int i = 0; i < entry.fields().size(); i++) {
      fields.add(entry.fields().name(i), entry.fields().value(i));
    }
    fields.add("age", Long.toString(entry.meta().freshness().ageSeconds(now)));
    if (entry.part() == null) {
      Answer whole = new Answer(entry.meta().status(), fields, entry.body());
      return Optional.of(conditionally(request, entry.meta(), whole, now));
    }
    RangeAnswer range = RangeAnswer.decide(request, entry.meta(), entry.part().length(), now);
    boolean one =
        range instanceof RangeAnswer.Parts(List<ByteRange> ranges, long length)
            && ranges.size() == 1;
    if (!one) {
      return Optional.empty();
    }
    ByteRange asked = ((RangeAnswer.Parts) range).ranges().getFirst();
    if (asked.first() < entry.part().first() || asked.last() > entry.part().last()) {
      return Optional.empty();
    }
    int from = (int) (asked.first() - entry.part().first());
    return Optional.of(
        new Answer(206, fields, entry.body().substring(from, from + (int) asked.bytes())));
  }

  private static Answer conditionally(
      CacheRequest request, StoredMeta meta, Answer whole, long now) {
    if (Preconditions.evaluate(request, meta, now) == Preconditions.NOT_MODIFIED) {
      Lines fields = new Lines();
      for (int i = 0; i < whole.fields().size(); i++) {
        if (StoredFields.isInNotModified(whole.fields().name(i))) {
          fields.add(whole.fields().name(i), whole.fields().value(i));
        }
      }
      return new Answer(304, fields, "");
    }
    long length = whole.body().getBytes(StandardCharsets.ISO_8859_1).length;
    return switch (RangeAnswer.decide(request, meta, length, now)) {
      case RangeAnswer.Whole() -> whole;
      case RangeAnswer.Unsatisfiable(long all) -> new Answer(416, new Lines(), "" + all);
      case RangeAnswer.Parts(List<ByteRange> ranges, long all) -> {
        List<String> parts = new ArrayList<>();
        for (ByteRange each : ranges) {
          parts.add(whole.body().substring((int) each.first(), (int) each.last() + 1));
        }
        yield new Answer(206, whole.fields(), String.join("|", parts));
      }
    };
  }

  private Variants<Stored> variants(String target) {
    return stored.getOrDefault(target, Variants.none(Variants.MOST_VARIANTS));
  }

  private static CacheResponse response(Answer answer) {
    return new CacheResponse(answer.status(), answer.fields(), answer.body().length());
  }
}
