package io.landfall.edge.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.SipHash;
import io.landfall.edge.RulesView;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the limits of a service count a request for, and their fields in the response. */
class RateLimitsTest {
  private static final SipHash SECRET = new SipHash(1, 2);
  private static final long NOW = 5_000_000_000L;
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");

  private static RateLimit limit(long requests, long perMillis, long burst, boolean alwaysReport) {
    return new RateLimit(Optional.empty(), requests, perMillis, burst, alwaysReport);
  }

  private static RateLimit by(String field, long burst, boolean alwaysReport) {
    return new RateLimit(Optional.of(AsciiString.of(field)), burst, 60_000, burst, alwaysReport);
  }

  private static RateLimits of(RateLimit... limits) {
    return new RateLimits(List.of(limits), SECRET, null);
  }

  /** What one answers: the fields of it, behind the seconds of a refusal. */
  private static String count(
      RateLimits limits, RequestHead head, @Nullable InetAddress client, long nowNanos) {
    return switch (limits.count(head, client, nowNanos)) {
      case Ruling.Passed passed -> "passed\n" + passed.fields();
      case Ruling.Limited limited -> limited.retryAfterSeconds() + "\n" + limited.fields();
      case Ruling other -> other.toString();
    };
  }

  private static String count(RateLimits limits, @Nullable InetAddress client) {
    return count(limits, Heads.with("a: b"), client, NOW);
  }

  private static boolean passes(RateLimits limits, InetAddress client, String... fields) {
    return count(limits, Heads.with(fields), client, NOW).startsWith("passed");
  }

  @Test
  void aClientHasItsBurstAndThenItsRate() {
    RateLimits limits = of(limit(1, 1_000, 3, false));
    for (int i = 0; i < 3; i++) {
      assertThat(count(limits, CLIENT)).isEqualTo("passed\n");
    }
    String refused = "1\nratelimit-policy: \"client\";q=1;w=1\nratelimit: \"client\";r=0;t=3\n";
    assertThat(count(limits, CLIENT)).isEqualTo(refused);
    assertThat(count(limits, Heads.with(), CLIENT, NOW + 999_998_000)).isEqualTo(refused);
    assertThat(count(limits, Heads.with(), CLIENT, NOW + 1_000_000_000)).isEqualTo("passed\n");
    assertThat(count(limits, OTHER)).as("another client").isEqualTo("passed\n");
  }

  @Test
  void theNextTokenIsThereAfterItsShareOfTheTime() {
    RateLimits limits = of(limit(3, 60_500, 1, false));
    assertThat(count(limits, CLIENT)).isEqualTo("passed\n");
    assertThat(count(limits, CLIENT))
        .isEqualTo("21\nratelimit-policy: \"client\";q=3;w=61\nratelimit: \"client\";r=0;t=21\n");
  }

  @Test
  void aLimitWhoseBurstIsOfADayIsTaken() {
    for (long requests : new long[] {7, 11, 28, 999_999}) {
      RateLimits limits = of(limit(requests, 86_400_000, requests, true));
      assertThat(count(limits, CLIENT)).contains(";r=" + (requests - 1) + ";");
    }
  }

  @Test
  void eachLimitHasANameOfItsOwn() {
    RateLimits limits =
        of(limit(100, 1_000, 100, true), by("X-Key", 2, true), limit(9, 9_000, 9, true));
    assertThat(count(limits, CLIENT))
        .isEqualTo(
            """
            passed
            ratelimit-policy: "client";q=100;w=1, "x-key";q=2;w=60, "client-3";q=9;w=9
            ratelimit: "client";r=99;t=1, "x-key";r=1;t=30, "client-3";r=8;t=1
            """);
  }

  @Test
  void onlyLimitsThatAreToBeToldAre() {
    RateLimits limits = of(limit(100, 1_000, 100, false), by("x-key", 2, true));
    assertThat(count(limits, CLIENT)).endsWith("\nratelimit: \"x-key\";r=1;t=30\n");
  }

  @Test
  void requestsWithOneValueOfAFieldAreCountedTogether() {
    RateLimits limits = of(by("x-key", 1, false));
    assertThat(passes(limits, CLIENT, "x-key: a", "b: c")).isTrue();
    assertThat(passes(limits, OTHER, "b: c", "x-key: a")).isFalse();
    assertThat(passes(limits, CLIENT, "x-key: b")).isTrue();
    // Of several lines a backend may take any; without one the address counts.
    assertThat(passes(limits, CLIENT, "x-key: c", "x-key: d")).isTrue();
    assertThat(passes(limits, CLIENT, "x-key: e", "x-key: f")).isFalse();
    assertThat(passes(limits, CLIENT)).isFalse();
    assertThat(passes(limits, OTHER)).isTrue();
  }

  @Test
  void clientsWithoutAnAddressAreCountedTogether() {
    RateLimits limits = of(limit(1, 1_000, 1, false));
    assertThat(count(limits, null)).isEqualTo("passed\n");
    assertThat(count(limits, null)).startsWith("1\n");
    assertThat(count(limits, CLIENT)).isEqualTo("passed\n");
  }

  @Test
  void whatIsUsedOfALimitThatStaysAsItIsStaysUsed() {
    RateLimits before = of(limit(1, 1_000, 1, false), by("x-key", 1, false));
    assertThat(passes(before, CLIENT, "x-key: a")).isTrue();
    RateLimits kept = new RateLimits(List.of(by("x-key", 1, false)), SECRET, before);
    assertThat(passes(kept, OTHER, "x-key: a")).isFalse();
    RateLimits changed = new RateLimits(List.of(by("x-key", 2, false)), SECRET, before);
    assertThat(passes(changed, OTHER, "x-key: a")).isTrue();
    RateLimits twice =
        new RateLimits(List.of(by("x-key", 1, false), by("x-key", 1, false)), SECRET, before);
    assertThat(passes(twice, OTHER, "x-key: b")).as("each has its own buckets").isTrue();
  }

  @Test
  void aViewTellsWhatARequestIsCountedFor() {
    RateLimits limits = of(limit(100, 1_000, 100, true), by("x-key", 2, true));
    assertThat(limits.view(Heads.with("x-key: a"), CLIENT))
        .containsExactly(
            new RulesView.Counted("client", 100, 1_000, "192.0.2.1"),
            new RulesView.Counted("x-key", 2, 60_000, "x-key: a"));
    assertThat(limits.view(Heads.with(), InetAddress.ofLiteral("2001:db8::1")))
        .extracting(RulesView.Counted::key)
        .containsOnly("the /64 of 2001:db8::1");
  }
}
