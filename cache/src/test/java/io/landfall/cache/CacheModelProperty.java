package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The rules against {@link ReferenceCache}: random requests, origins and clocks, and at each step
 * both must do the same: answer, validate with the same conditions, fetch, store, refuse, freshen,
 * serve stale, with the same Age.
 */
class CacheModelProperty {
  /** Steps of a run; a step is one request and what comes of it. */
  private static final int STEPS = Integer.getInteger("landfall.cache.steps", 1_000_000);

  /** After so many steps both caches are empty again, under another policy. */
  private static final int STEPS_OF_A_LIFE = 200;

  private static final List<Integer> STATUSES =
      List.of(200, 200, 200, 200, 203, 204, 299, 301, 302, 404, 410, 416, 500, 503, 504, 599);
  private static final List<String> SECONDS =
      List.of("0", "1", "2", "5", "10", "60", "3600", "99999999999", "x", "-5", "");
  private static final List<String> FLAGS =
      List.of(
          "no-store",
          "no-cache",
          "private",
          "public",
          "must-revalidate",
          "proxy-revalidate",
          "must-understand",
          "immutable",
          "no-transform",
          "unknown",
          "unknown=5",
          "no-cache=\"a\"",
          "Private=\"b\"");
  private static final List<String> TIMES =
      List.of(
          "max-age", "max-age", "Max-Age", "s-maxage", "stale-while-revalidate", "stale-if-error");
  private static final List<String> REQUEST_TIMES =
      List.of("max-age", "max-stale", "min-fresh", "stale-if-error");
  private static final List<String> REQUEST_FLAGS =
      List.of("no-cache", "no-store", "only-if-cached", "max-stale", "no-transform");
  private static final List<String> TAGS = List.of("\"a\"", "\"b\"", "W/\"a\"", "W/\"c\"");

  private final Random random = new Random(9111);
  private long now = Exchanges.NOW;

  @Test
  void theRulesDoWhatTheReferenceDoes() {
    TreeMap<String, Integer> seen = new TreeMap<>();
    ModelCache rules = new RuleCache(CachePolicy.DEFAULT);
    ModelCache reference = new ReferenceCache(CachePolicy.DEFAULT);
    for (int step = 0; step < STEPS; step++) {
      if (step % STEPS_OF_A_LIFE == 0) {
        CachePolicy policy = policy();
        rules = new RuleCache(policy);
        reference = new ReferenceCache(policy);
      }
      if (step / STEPS_OF_A_LIFE % 2 == 0) {
        // In whole seconds ages and lifetimes meet at their bounds.
        now += now % 1000 == 0 ? 1000L * random.nextInt(4) * random.nextInt(4) : 1000 - now % 1000;
      } else {
        now += random.nextInt(random.nextInt(4) == 0 ? 20_000 : 900);
      }
      String target = "/" + random.nextInt(3);
      Lines request = request();
      String expected = step(reference, target, request, step);
      String actual = step(rules, target, request, step);
      if (!expected.equals(actual)) {
        assertThat(actual)
            .as("step " + step + " at " + target + ": " + request)
            .isEqualTo(expected);
      }
      seen.merge(verdict(expected), 1, Integer::sum);
    }
    // Whatever can happen has happened, and often.
    assertThat(seen.keySet()).contains("504", "answer", "answer-and-validate", "fetch", "validate");
    assertThat(seen.values()).allMatch(count -> count > STEPS / 1000);
  }

  private static String verdict(String outcome) {
    int end = 0;
    while (end < outcome.length() && " :".indexOf(outcome.charAt(end)) < 0) {
      end++;
    }
    return outcome.substring(0, end);
  }

  /** What one cache does with a step; what the origin does is drawn from the step's own seed. */
  private String step(ModelCache cache, String target, Lines request, int step) {
    String verdict = cache.ask(target, request, now);
    StringBuilder text = new StringBuilder(verdict);
    if (verdict.startsWith("answer")) {
      text.append(" age ").append(cache.ageSeconds(target, request, now));
      text.append(cache.isNotModified(target, request, now) ? " as 304" : "");
    }
    if (verdict.equals("504") || verdict.equals("answer")) {
      return text.toString();
    }
    Origin origin = new Origin(step, now);
    if (!verdict.equals("fetch")) {
      String conditions = cache.conditions(target, request);
      text.append(" if ").append(conditions);
      if (!conditions.equals("|") && origin.saysNotModified) {
        boolean about =
            cache.receiveNotModified(target, request, origin.update(conditions), origin.times);
        return text.append(about ? ": freshened" : ": unrelated").toString();
      }
      if (cache.answersError(target, request, origin.status, now)) {
        return text.append(": stale on error").toString();
      }
    }
    boolean stored =
        origin.status != 0
            && cache.receive(target, request, origin.status, origin.fields, origin.times);
    return text.append(stored ? ": stored" : ": not stored").toString();
  }

  /** What an origin does at a step. */
  private static final class Origin {
    private final Random random;
    private final boolean saysNotModified;
    private final int status;
    private final FetchTimes times;
    private final Lines fields;
    private final long wall;

    Origin(int step, long now) {
      random = new Random(step * 31L + 7);
      saysNotModified = random.nextInt(2) == 0;
      status = random.nextInt(12) == 0 ? 0 : STATUSES.get(random.nextInt(STATUSES.size()));
      boolean wholeSeconds = now % 1000 == 0;
      wall = now + random.nextInt(3) * (wholeSeconds ? 1000L : 700L);
      long delay = wholeSeconds ? random.nextInt(3) * 1000L : random.nextInt(2000);
      times = new FetchTimes(now - delay, now, wall);
      fields = response();
    }

    private Lines response() {
      Lines lines = new Lines();
      control(lines, "cache-control", random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(4));
      if (random.nextInt(10) == 0) {
        control(lines, "cdn-cache-control", random.nextInt(3));
      }
      if (random.nextInt(4) == 0) {
        lines.add("expires", random.nextInt(5) == 0 ? "0" : date(random.nextInt(60) - 15));
      }
      if (random.nextInt(2) == 0) {
        lines.add("date", random.nextInt(9) == 0 ? "foo" : date(random.nextInt(20) - 15));
      }
      if (random.nextInt(5) == 0) {
        lines.add("age", List.of("0", "3", "30", "abc", "-1").get(random.nextInt(5)));
      }
      if (random.nextInt(3) == 0) {
        lines.add("etag", TAGS.get(random.nextInt(TAGS.size())));
      }
      if (random.nextInt(3) == 0) {
        lines.add("last-modified", random.nextInt(9) == 0 ? "x" : date(-random.nextInt(500)));
      }
      if (random.nextInt(4) == 0) {
        lines.add("vary", List.of("Foo", "foo, Bar", "*", "Bar").get(random.nextInt(4)));
      }
      if (random.nextInt(9) == 0) {
        lines.add("set-cookie", "a=b");
      }
      return lines;
    }

    private void control(Lines lines, String name, int count) {
      StringBuilder text = new StringBuilder();
      boolean targeted = !name.equals("cache-control");
      for (int i = 0; i < count; i++) {
        String directive;
        if (targeted) {
          // Typed values: only what a dictionary takes for what it is; capitals make it malformed.
          directive =
              random.nextInt(3) == 0
                  ? List.of("no-store", "public", "Max-Age=5").get(random.nextInt(3))
                  : List.of("max-age", "s-maxage", "stale-if-error").get(i)
                      + "="
                      + random.nextInt(20);
        } else if (random.nextInt(3) == 0) {
          directive = FLAGS.get(random.nextInt(FLAGS.size()));
        } else {
          directive =
              TIMES.get(random.nextInt(TIMES.size()))
                  + "="
                  + SECONDS.get(random.nextInt(SECONDS.size()));
        }
        text.append(i == 0 ? "" : random.nextBoolean() ? "," : " , ").append(directive);
      }
      if (count > 0 || targeted) {
        lines.add(name, text);
      }
    }

    /** The fields of a 304 to a request with these conditions. */
    Lines update(String conditions) {
      Lines lines = new Lines();
      if (random.nextInt(2) == 0) {
        control(lines, "cache-control", 1 + random.nextInt(2));
      }
      if (random.nextInt(3) != 0) {
        String tag = conditions.substring(0, conditions.indexOf('|'));
        boolean other = tag.isEmpty() || random.nextInt(5) == 0;
        lines.add("etag", other ? TAGS.get(random.nextInt(TAGS.size())) : tag);
      }
      if (random.nextInt(3) == 0) {
        String modified = conditions.substring(conditions.indexOf('|') + 1);
        boolean other = modified.isEmpty() || random.nextInt(5) == 0;
        lines.add("last-modified", other ? date(-random.nextInt(500)) : modified);
      }
      if (random.nextInt(2) == 0) {
        lines.add("date", date(random.nextInt(6) - 5));
      }
      if (random.nextInt(6) == 0) {
        lines.add("age", "4");
      }
      return lines;
    }

    private String date(int seconds) {
      return Exchanges.date((wall - Exchanges.NOW) / 1000 + seconds);
    }
  }

  private Lines request() {
    Lines lines = new Lines();
    if (random.nextInt(3) == 0) {
      lines.add("foo", List.of("1", "1,2", "1 , 2", "").get(random.nextInt(4)));
    }
    if (random.nextInt(4) == 0) {
      lines.add("bar", "x" + random.nextInt(2));
    }
    if (random.nextInt(4) == 0) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i <= random.nextInt(2); i++) {
        String time =
            REQUEST_TIMES.get(random.nextInt(REQUEST_TIMES.size()))
                + "="
                + SECONDS.get(random.nextInt(SECONDS.size() - 1));
        String flag = REQUEST_FLAGS.get(random.nextInt(REQUEST_FLAGS.size()));
        text.append(i == 0 ? "" : ", ").append(random.nextBoolean() ? time : flag);
      }
      lines.add("cache-control", text);
    } else if (random.nextInt(20) == 0) {
      lines.add("pragma", "no-cache");
    }
    if (random.nextInt(15) == 0) {
      lines.add("authorization", "Basic x");
    }
    if (random.nextInt(6) == 0) {
      lines.add("if-none-match", List.of("*", "\"a\"", "\"x\", W/\"c\"").get(random.nextInt(3)));
    }
    if (random.nextInt(6) == 0) {
      lines.add(
          "if-modified-since",
          random.nextInt(9) == 0
              ? "x"
              : Exchanges.date((now - Exchanges.NOW) / 1000 - random.nextInt(400)));
    }
    return lines;
  }

  private CachePolicy policy() {
    CachePolicy usual = CachePolicy.DEFAULT;
    TreeMap<Integer, Long> negative = new TreeMap<>();
    if (random.nextInt(2) == 0) {
      negative.put(404, 3L);
      negative.put(503, 1L);
    }
    TtlPolicy ttl =
        new TtlPolicy(
            random.nextInt(3) == 0 ? 7 : ResponseDirectives.ABSENT,
            random.nextInt(4) == 0 ? 2 : 0,
            random.nextInt(4) == 0 ? 30 : 1L << 31,
            negative,
            10,
            40,
            10);
    GracePolicy grace =
        random.nextInt(2) == 0
            ? GracePolicy.NONE
            : new GracePolicy(random.nextInt(5), random.nextInt(9), random.nextBoolean());
    return new CachePolicy(
        ttl,
        grace,
        usual.key(),
        usual.methods(),
        usual.bypassCookies(),
        new CachePolicy.Admission(
            usual.maxObjectBytes(), random.nextInt(4) != 0, random.nextInt(4) != 0),
        random.nextInt(4) != 0,
        0);
  }
}
