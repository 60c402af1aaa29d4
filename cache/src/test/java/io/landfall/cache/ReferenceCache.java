package io.landfall.cache;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;

/**
 * RFC 9111 once more, slow and obvious: it keeps whole messages and reads their text anew at every
 * question. It shares no code with the room but the records of a policy. Where the RFC leaves a
 * choice, what the room promises (docs/caching.md) is repeated here in plain words.
 */
@NullUnmarked
final class ReferenceCache implements ModelCache {
  private static final long FOREVER = 1L << 31;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  /** A stored exchange, as it was. */
  record Entry(Lines request, int status, Lines response, FetchTimes times) {}

  private final CachePolicy policy;
  private final Map<String, List<Entry>> stored = new TreeMap<>();

  ReferenceCache(CachePolicy policy) {
    this.policy = policy;
    DATES.clear();
  }

  // ---- what a request gets -------------------------------------------------------------------

  @Override
  public String ask(String target, Lines request, long now) {
    Map<String, List<String>> demands = requestDirectives(request);
    Entry entry = select(target, request);
    String verdict = entry == null ? "fetch" : verdict(entry, demands, now);
    boolean answers = verdict.startsWith("answer");
    return !answers && demands.containsKey("only-if-cached") ? "504" : verdict;
  }

  private String verdict(Entry entry, Map<String, List<String>> demands, long now) {
    Map<String, List<String>> control = responseDirectives(entry.response());
    if (has(control, "no-cache", "")) {
      return "validate"; // 5.2.2.4: never without validation
    }
    long age = age(entry, now);
    long left = lifetime(entry) - age;
    boolean fresh = left > 0; // 4.2: response_is_fresh
    if (demands.containsKey("no-cache")) {
      return "validate"; // 5.2.1.4
    }
    if (demands.containsKey("min-fresh") && left < most(demands.get("min-fresh")) * 1000) {
      return "validate"; // 5.2.1.3
    }
    boolean maxStale = demands.containsKey("max-stale");
    if (demands.containsKey("max-age")) {
      boolean reloadOfImmutable = fresh && has(control, "immutable", null); // RFC 8246
      boolean tooOld = age > least(demands.get("max-age"), 0) * 1000;
      if (!reloadOfImmutable && (tooOld || (!fresh && !maxStale))) {
        return "validate"; // 5.2.1.1
      }
    }
    if (fresh) {
      return "answer";
    }
    if (staleForbidden(control)) {
      return "validate"; // 4.2.4
    }
    if (-left < grace(control, "stale-while-revalidate")) {
      return "answer-and-validate"; // RFC 5861 section 3
    }
    if (maxStale && -left <= least(demands.get("max-stale"), FOREVER) * 1000) {
      return "answer"; // 5.2.1.2
    }
    return "validate";
  }

  @Override
  public boolean answersError(String target, Lines request, int status, long now) {
    Entry entry = select(target, request);
    Map<String, List<String>> demands = requestDirectives(request);
    boolean error = status == 0 || status == 500 || (status >= 502 && status <= 504);
    if (entry == null || !error || demands.containsKey("no-cache")) {
      return false;
    }
    Map<String, List<String>> control = responseDirectives(entry.response());
    if (staleForbidden(control) || has(control, "no-cache", "")) {
      return false;
    }
    long accepted =
        demands.containsKey("stale-if-error") ? least(demands.get("stale-if-error"), 0) * 1000 : 0;
    long allowed = Math.max(accepted, grace(control, "stale-if-error"));
    return Math.max(0, age(entry, now) - lifetime(entry)) < allowed;
  }

  @Override
  public long ageSeconds(String target, Lines request, long now) {
    return Math.min(FOREVER, age(select(target, request), now) / 1000);
  }

  @Override
  public String conditions(String target, Lines request) {
    Lines response = select(target, request).response();
    String tag = response.get("etag");
    String modified = response.get("last-modified");
    return (tag == null ? "" : tag)
        + "|"
        + (modified == null || date(modified) == null ? "" : modified);
  }

  @Override
  public boolean isNotModified(String target, Lines request, long now) {
    Entry entry = select(target, request);
    if (entry.status() < 200 || entry.status() > 299) {
      return false;
    }
    String tag = entry.response().get("etag");
    String asked = request.get("if-none-match");
    if (asked != null) {
      for (String each : asked.split(",")) {
        boolean same = tag != null && opaque(each.strip()).equals(opaque(tag));
        if (same || each.strip().equals("*")) {
          return true;
        }
      }
      return false;
    }
    Long since = date(request.get("if-modified-since"));
    Long modified = date(entry.response().get("last-modified"));
    return since != null && (modified == null ? madeAt(entry) : modified) <= since;
  }

  private Entry select(String target, Lines request) {
    for (Entry entry : stored.getOrDefault(target, List.of())) {
      boolean matches = true;
      for (String name : vary(entry.response())) {
        matches &= normal(entry.request().get(name)).equals(normal(request.get(name)));
      }
      if (matches) {
        return entry;
      }
    }
    return null;
  }

  private static List<String> vary(Lines response) {
    List<String> names = new ArrayList<>();
    String vary = response.get("vary");
    for (String name : vary == null ? new String[0] : vary.split(",")) {
      names.add(name.strip().toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private static String normal(String value) {
    return value == null ? "absent" : "=" + value.replace(" ", "");
  }

  // ---- what comes back -----------------------------------------------------------------------

  @Override
  public boolean receive(
      String target, Lines request, int status, Lines response, FetchTimes times) {
    Entry entry = new Entry(request, status, response, times);
    boolean store = isStorable(entry);
    if (store) {
      List<Entry> others = new ArrayList<>();
      others.add(entry);
      for (Entry each : stored.getOrDefault(target, List.of())) {
        if (!sameVariant(each, entry)) {
          others.add(each);
        }
      }
      stored.put(target, others);
    }
    return store;
  }

  private static boolean sameVariant(Entry a, Entry b) {
    List<String> names = vary(a.response()).stream().sorted().distinct().toList();
    boolean same = names.equals(vary(b.response()).stream().sorted().distinct().toList());
    for (String name : names) {
      same &= normal(a.request().get(name)).equals(normal(b.request().get(name)));
    }
    return same;
  }

  @Override
  public boolean receiveNotModified(String target, Lines request, Lines update, FetchTimes times) {
    Entry entry = select(target, request);
    String tag = entry.response().get("etag");
    String newTag = update.get("etag");
    Long modified = date(entry.response().get("last-modified"));
    Long newModified = date(update.get("last-modified"));
    boolean about;
    if (tag != null && newTag != null) {
      about = opaque(tag).equals(opaque(newTag)) || modified == null;
    } else {
      about =
          update.get("last-modified") == null || modified == null || modified.equals(newModified);
    }
    if (!about) {
      return false;
    }
    Lines merged = new Lines();
    for (int i = 0; i < entry.response().size(); i++) {
      String name = entry.response().name(i).toString();
      boolean kept = name.equals("etag") || update.get(name) == null;
      if (kept && !name.equals("age")) {
        merged.add(name, entry.response().value(i));
      }
    }
    for (int i = 0; i < update.size(); i++) {
      if (!update.name(i).toString().equals("etag") || tag == null) {
        merged.add(update.name(i), update.value(i));
      }
    }
    stored.get(target).remove(entry);
    receive(target, request, entry.status(), merged, times);
    return true;
  }

  private boolean isStorable(Entry entry) {
    Map<String, List<String>> control = responseDirectives(entry.response());
    Lines response = entry.response();
    int status = entry.status();
    boolean known = status != 599 && status != 299;
    boolean guessable =
        List.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501).contains(status);
    List<Integer> clientErrors = List.of(400, 402, 403, 406, 409, 415, 422, 429, 499);
    boolean asked = isExplicit(entry) || has(control, "public", null);
    boolean ofPolicy = policy.ttl().statusSeconds().containsKey(status);
    boolean authorized = entry.request().get("authorization") != null;
    boolean validator = response.get("etag") != null || date(response.get("last-modified")) != null;
    boolean usable =
        !has(control, "no-cache", "")
            && (lifetime(entry) > 0
                || (!staleForbidden(control)
                    && (grace(control, "stale-while-revalidate") > 0
                        || grace(control, "stale-if-error") > 0)));
    return !requestDirectives(entry.request()).containsKey("no-store")
        && status != 416
        && !(clientErrors.contains(status) && !policy.storesClientErrors() && !ofPolicy)
        && !(has(control, "must-understand", null) && !known)
        && !(has(control, "no-store", null) && !has(control, "must-understand", null))
        && !has(control, "private", "")
        && !(authorized
            && !has(control, "public", null)
            && !has(control, "must-revalidate", null)
            && !has(control, "s-maxage", null))
        && (asked || ofPolicy || guessable)
        && !(response.get("set-cookie") != null && !(asked && policy.storesSetCookie()))
        && !vary(response).contains("*")
        && (validator || usable);
  }

  // ---- times ---------------------------------------------------------------------------------

  private boolean isExplicit(Entry entry) {
    Map<String, List<String>> control = responseDirectives(entry.response());
    return control.containsKey("s-maxage")
        || control.containsKey("max-age")
        || (!isTargeted(entry.response()) && entry.response().get("expires") != null);
  }

  private long lifetime(Entry entry) {
    Map<String, List<String>> control = responseDirectives(entry.response());
    long lifetime = unboundedLifetime(entry, control);
    if (has(control, "no-cache", "")) {
      return lifetime;
    }
    TtlPolicy ttl = policy.ttl();
    return Math.min(ttl.maxSeconds() * 1000, Math.max(ttl.minSeconds() * 1000, lifetime));
  }

  private long unboundedLifetime(Entry entry, Map<String, List<String>> control) {
    if (control.containsKey("s-maxage")) {
      return least(control.get("s-maxage"), 0) * 1000;
    }
    if (control.containsKey("max-age")) {
      return least(control.get("max-age"), 0) * 1000;
    }
    if (isExplicit(entry)) {
      Long expires = date(entry.response().get("expires"));
      return expires == null ? 0 : Math.clamp(expires - madeAt(entry), 0, FOREVER * 1000);
    }
    TtlPolicy ttl = policy.ttl();
    boolean guessable =
        has(control, "public", null)
            || List.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501)
                .contains(entry.status());
    if (ttl.statusSeconds().containsKey(entry.status())) {
      return ttl.statusSeconds().get(entry.status()) * 1000;
    }
    if (ttl.defaultSeconds() >= 0 && guessable) {
      return ttl.defaultSeconds() * 1000;
    }
    Long modified = date(entry.response().get("last-modified"));
    boolean guess = guessable && modified != null && modified < madeAt(entry);
    return guess ? Math.min((madeAt(entry) - modified) / 10, ttl.heuristicMostSeconds() * 1000) : 0;
  }

  private static long madeAt(Entry entry) {
    Long date = date(entry.response().get("date"));
    return date == null ? entry.times().wallMillis() : date;
  }

  /** 4.2.3, word for word; the clock of dates has whole seconds. */
  private static long age(Entry entry, long now) {
    FetchTimes times = entry.times();
    long dateSeconds = Math.floorDiv(madeAt(entry), 1000);
    long apparentAge = Math.max(0, Math.floorDiv(times.wallMillis(), 1000) - dateSeconds) * 1000;
    String age = entry.response().get("age");
    long ageValue =
        age == null ? 0 : isNumber(age) ? Math.min(FOREVER, Long.parseLong(age)) : FOREVER;
    long responseDelay = times.responseMillis() - times.requestMillis();
    long correctedAgeValue = ageValue * 1000 + responseDelay;
    long correctedInitialAge = Math.max(apparentAge, correctedAgeValue);
    long residentTime = now - times.responseMillis();
    return correctedInitialAge + residentTime;
  }

  private long grace(Map<String, List<String>> control, String name) {
    if (control.containsKey(name)) {
      return least(control.get(name), 0) * 1000;
    }
    GracePolicy grace = policy.grace();
    return 1000
        * (name.equals("stale-if-error")
            ? grace.staleIfErrorSeconds()
            : grace.staleWhileRevalidateSeconds());
  }

  private boolean staleForbidden(Map<String, List<String>> control) {
    boolean permission =
        policy.grace().permissionBeatsSMaxage()
            && (least(control.getOrDefault("stale-while-revalidate", List.of("0")), 0) > 0
                || least(control.getOrDefault("stale-if-error", List.of("0")), 0) > 0);
    return has(control, "must-revalidate", null)
        || has(control, "proxy-revalidate", null)
        || (has(control, "s-maxage", null) && !permission);
  }

  // ---- text ----------------------------------------------------------------------------------

  private static boolean isTargeted(Lines response) {
    String cdn = response.get("cdn-cache-control");
    return cdn != null && !cdn.isEmpty() && cdn.equals(cdn.toLowerCase(Locale.ROOT));
  }

  private static Map<String, List<String>> responseDirectives(Lines response) {
    return directives(response.get(isTargeted(response) ? "cdn-cache-control" : "cache-control"));
  }

  private Map<String, List<String>> requestDirectives(Lines request) {
    Map<String, List<String>> all = directives(request.get("cache-control"));
    if (request.get("cache-control") == null && "no-cache".equals(request.get("pragma"))) {
      all.put("no-cache", List.of(""));
    }
    if (!policy.honoursClientNoCache()) {
      all.keySet().removeAll(List.of("no-cache", "max-age", "min-fresh"));
    }
    return all;
  }

  /** Names with their arguments; without one it is empty. The texts have no quoted commas. */
  private static Map<String, List<String>> directives(String text) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String each : text == null ? new String[0] : text.split(",")) {
      String[] parts = each.strip().split("=", 2);
      all.computeIfAbsent(parts[0].toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(parts.length == 1 ? "" : parts[1]);
    }
    return all;
  }

  /** Whether a directive is there; with an argument, whether it is there with that one. */
  private static boolean has(Map<String, List<String>> all, String name, String argument) {
    List<String> arguments = all.get(name);
    return arguments != null && (argument == null || arguments.contains(argument));
  }

  private static long least(List<String> arguments, long ofNone) {
    return arguments.stream().mapToLong(each -> seconds(each, ofNone)).min().orElseThrow();
  }

  private static long most(List<String> arguments) {
    return arguments.stream()
        .mapToLong(each -> isNumber(each) ? seconds(each, 0) : FOREVER)
        .max()
        .orElseThrow();
  }

  private static long seconds(String text, long ofNone) {
    if (text.isEmpty()) {
      return ofNone;
    }
    return isNumber(text) ? Math.min(FOREVER, Long.parseLong(text)) : 0;
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(each -> each >= '0' && each <= '9');
  }

  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }

  private static final Map<String, Long> DATES = new TreeMap<>();

  private static Long date(String text) {
    if (text == null || text.length() < 20) {
      return null;
    }
    return DATES.computeIfAbsent(
        text,
        each -> {
          try {
            return Instant.from(ZonedDateTime.parse(each, DATE)).toEpochMilli();
          } catch (DateTimeParseException notADate) {
            return null;
          }
        });
  }
}
