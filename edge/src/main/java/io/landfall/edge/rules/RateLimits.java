package io.landfall.edge.rules;

import io.landfall.cache.SipHash;
import io.landfall.core.Addresses;
import io.landfall.core.SourceNetwork;
import io.landfall.edge.RulesView;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits of a service, which hold for the whole node. A request takes a token of each; one
 * that finds none is refused, and the tokens that it took of limits before that stay taken.
 *
 * <p>What is sent of them is that of draft-ietf-httpapi-ratelimit-headers-10.
 */
final class RateLimits {
  private static final AsciiString RATE_LIMIT = AsciiString.cached("ratelimit");
  private static final AsciiString POLICY = AsciiString.cached("ratelimit-policy");
  private static final long MICROS = 1_000_000;
  private static final long MILLIS = 1_000;
  private static final FieldLines NOTHING = new FieldLines(0);

  private final List<Limit> limits = new ArrayList<>();
  private final AsciiString policies;

  /** One limit, and what it is called. */
  private record Limit(RateLimit settings, String name, TokenBuckets buckets, SipHash hash) {}

  /**
   * Limits of which nothing is used yet, but for those that were there before.
   *
   * @param secret the key of the hash under which clients are kept
   * @param before the limits of the service that were in force; null for none
   */
  RateLimits(List<RateLimit> settings, SipHash secret, @Nullable RateLimits before) {
    List<Limit> kept = before == null ? new ArrayList<>() : new ArrayList<>(before.limits);
    StringBuilder text = new StringBuilder();
    for (RateLimit each : settings) {
      String key = each.field().map(AsciiString::toString).orElse("client");
      boolean taken = limits.stream().anyMatch(limit -> limit.name().equals(key));
      String name = taken ? key + '-' + (limits.size() + 1) : key;
      Limit earlier = take(kept, each);
      limits.add(
          earlier == null
              ? new Limit(
                  each, name, new TokenBuckets(tokenMicros(each), each.burst()), of(secret, limits))
              : new Limit(each, name, earlier.buckets(), earlier.hash()));
      text.append(text.isEmpty() ? "" : ", ")
          .append(quoted(name))
          .append(";q=")
          .append(each.requests())
          .append(";w=")
          .append(Math.ceilDiv(each.perMillis(), MILLIS));
    }
    policies = new AsciiString(text);
  }

  /** Takes the first limit with these settings out of a list; null if there is none. */
  private static @Nullable Limit take(List<Limit> from, RateLimit settings) {
    for (Limit each : from) {
      if (each.settings().equals(settings)) {
        from.remove(each);
        return each;
      }
    }
    return null;
  }

  /**
   * The time in which a bucket of a limit gets one token, in microseconds: the nearest number of
   * them, but none with which the burst takes longer than it may.
   */
  private static long tokenMicros(RateLimit limit) {
    long nearest = Math.round((double) limit.perMillis() * MILLIS / limit.requests());
    return Math.max(1, Math.min(nearest, TokenBuckets.MAX_BURST_MICROS / limit.burst()));
  }

  private static SipHash of(SipHash secret, List<Limit> before) {
    return new SipHash(secret.key0() + before.size(), secret.key1());
  }

  private static String quoted(String name) {
    // A token (RFC 9110 section 5.6.2) has no quote and no backslash.
    return '"' + name.toLowerCase(Locale.ROOT) + '"';
  }

  /**
   * Counts a request.
   *
   * @param client the address of its client; null if that has none
   * @param nowNanos the time now
   */
  Ruling count(RequestHead request, @Nullable InetAddress client, long nowNanos) {
    StringBuilder reported = null;
    for (Limit limit : limits) {
      long room = limit.buckets().take(hash(limit, request, client), nowNanos / MILLIS);
      if (room < 0) {
        FieldLines fields = new FieldLines(2);
        addTo(fields, state(new StringBuilder(), limit, room));
        return new Ruling.Limited(Math.ceilDiv(-room, MICROS), fields);
      }
      if (limit.settings().alwaysReport()) {
        reported =
            state(reported == null ? new StringBuilder() : reported.append(", "), limit, room);
      }
    }
    FieldLines fields = NOTHING;
    if (reported != null) {
      fields = new FieldLines(2);
      addTo(fields, reported);
    }
    return new Ruling.Passed(fields);
  }

  /** How each limit would count a request. */
  List<RulesView.Counted> view(RequestHead request, InetAddress client) {
    return limits.stream().map(limit -> view(limit, request, client)).toList();
  }

  private static RulesView.Counted view(Limit limit, RequestHead request, InetAddress client) {
    RateLimit of = limit.settings();
    AsciiString name = of.field().orElse(null);
    AsciiString value = name == null ? null : only(request.fields(), name);
    String key = value == null ? address(client) : name + ": " + value;
    return new RulesView.Counted(limit.name(), of.requests(), of.perMillis(), key);
  }

  /** As {@link SourceNetwork} has it. */
  private static String address(InetAddress client) {
    String text = Addresses.format(client.getAddress());
    return client instanceof Inet6Address ? "the /64 of " + text : text;
  }

  private static long hash(Limit limit, RequestHead request, @Nullable InetAddress client) {
    AsciiString name = limit.settings().field().orElse(null);
    AsciiString value = name == null ? null : only(request.fields(), name);
    byte[] key;
    if (value != null) {
      key = value.toByteArray();
    } else {
      // Without one value a request is counted by its client's address, or it would not be at all.
      long network = client == null ? 0 : SourceNetwork.of(client);
      key = ByteBuffer.allocate(Long.BYTES + 1).putLong(network).array();
    }
    return limit.hash().hash(key, 0, key.length);
  }

  /**
   * The value of a field that stands there once. Of several lines backends take the first, the last
   * or all: a client could put one that it makes up beside the one that counts there.
   */
  private static @Nullable AsciiString only(FieldLines fields, AsciiString name) {
    AsciiString found = null;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(name)) {
        if (found != null) {
          return null;
        }
        found = fields.value(i);
      }
    }
    return found;
  }

  private static StringBuilder state(StringBuilder out, Limit limit, long room) {
    return out.append(quoted(limit.name()))
        .append(";r=")
        .append(limit.buckets().tokens(room))
        .append(";t=")
        .append(Math.ceilDiv(limit.buckets().fullInMicros(room), MICROS));
  }

  private void addTo(FieldLines fields, StringBuilder state) {
    fields.add(POLICY, policies);
    fields.add(RATE_LIMIT, new AsciiString(state));
  }
}
