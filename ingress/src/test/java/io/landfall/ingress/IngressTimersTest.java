package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionState;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Now;
import io.landfall.testkit.BgpMessages;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When plane one wants its next tick, and what a stream that takes nothing comes to. */
class IngressTimersTest {
  private static final long START = 1_000_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int HOLD_SECONDS = 30;
  private static final int SEND_HOLD_SECONDS = 60;
  private static final int RETRY_SECONDS = 5;

  private static Now at(long seconds) {
    return new Now(START + seconds * SECOND, 1_000 + seconds * 1_000);
  }

  private static Ingress ingress(long startDelaySeconds, Upstream... upstreams) {
    return new Ingress(
        new IngressSettings(
            List.of(AnycastPrefix.parse("198.51.100.0/24", Block.parse("10.32.0.0/23"))),
            List.of(upstreams),
            0x0a200001,
            10_000,
            startDelaySeconds * 1_000),
        bound -> bound - 1,
        0);
  }

  private static Upstream upstream(String address, int retrySeconds) {
    return new Upstream(
        IngressSettingsTest.address(address),
        Asn.of(64_496),
        Asn.of(64_500),
        Role.NONE,
        TestUpstream.PLAIN,
        new Upstream.Timing(HOLD_SECONDS, SEND_HOLD_SECONDS, retrySeconds));
  }

  @Test
  void aProcessThatTakesOverWaitsForNoStartDelay() {
    Ingress ingress = ingress(3);
    ingress.step(new IngressEvent.Start(ListenerLiveness.ACCEPTING, false), at(0));
    assertThat(ingress.deadlineNanos()).isEmpty();
    assertThat(ingress.view().intent()).isEqualTo("advertise");
  }

  @Test
  void withoutUpstreamsOnlyTheStartDelayAndTheDrainAreDue() {
    Ingress ingress = ingress(3);
    assertThat(ingress.deadlineNanos()).isEmpty();
    ingress.step(new IngressEvent.Start(ListenerLiveness.ACCEPTING), at(0));
    assertThat(ingress.deadlineNanos()).hasValue(START + 3 * SECOND);
    ingress.step(new IngressEvent.Tick(), at(3));
    assertThat(ingress.deadlineNanos()).isEmpty();
    ingress.step(new IngressEvent.OperatorDrain(), at(4));
    assertThat(ingress.deadlineNanos()).hasValue(START + 14 * SECOND);
    ingress.step(new IngressEvent.OperatorUndrain(), at(5));
    assertThat(ingress.deadlineNanos()).isEmpty();
  }

  /** An upstream's retry (less a quarter at most, RFC 4271 section 10) or the start delay. */
  @ParameterizedTest
  @CsvSource({"3, 5, 7, 3", "60, 5, 7, 5", "60, 7, 5, 5"})
  void theEarliestOfAllTimersIsDue(long startDelay, int retry, int otherRetry, long earliest) {
    Ingress ingress =
        ingress(startDelay, upstream("192.0.2.1", retry), upstream("192.0.2.3", otherRetry));
    ingress.step(new IngressEvent.Start(ListenerLiveness.ACCEPTING), at(0));
    assertThat(ingress.deadlineNanos().orElseThrow())
        .isBetween(START + earliest * SECOND * 3 / 4, START + earliest * SECOND);
  }

  private static Ingress established() {
    Ingress ingress = ingress(0, upstream(TestUpstream.NAME, RETRY_SECONDS));
    ingress.step(new IngressEvent.Start(ListenerLiveness.ACCEPTING), at(0));
    ingress.step(new IngressEvent.Connected(TestUpstream.NAME, 1, TestUpstream.LOCAL), at(0));
    for (byte[] message : List.of(BgpMessages.open(64_500, 0x01010101), BgpMessages.keepalive())) {
      ingress.step(new IngressEvent.Received(TestUpstream.NAME, 1, message), at(0));
    }
    assertThat(session(ingress)).isEqualTo(SessionState.ESTABLISHED);
    return ingress;
  }

  private static SessionState session(Ingress ingress) {
    return ingress.view().upstreams().getFirst().session();
  }

  /** RFC 9687 section 4.3; and who is not read from is not blamed for silence. */
  @Test
  void aSessionWhoseStreamTakesNothingEndsByTheSendHoldTimer() {
    Ingress ingress = established();
    ingress.step(new IngressEvent.WriteBlocked(TestUpstream.NAME, 1), at(0));
    ingress.step(new IngressEvent.Tick(), at(SEND_HOLD_SECONDS - 1));
    assertThat(session(ingress)).isEqualTo(SessionState.ESTABLISHED);
    ingress.step(new IngressEvent.Tick(), at(SEND_HOLD_SECONDS));
    assertThat(session(ingress)).isNotEqualTo(SessionState.ESTABLISHED);
    assertThat(ingress.view().upstreams().getFirst().lastReset().orElseThrow())
        .startsWith("by us: NOTIFICATION 8/0 ");
  }

  @Test
  void aStreamThatTakesBytesAgainKeepsItsSessionForAHoldTime() {
    Ingress ingress = established();
    ingress.step(new IngressEvent.WriteBlocked(TestUpstream.NAME, 1), at(0));
    ingress.step(new IngressEvent.Writable(TestUpstream.NAME, 1), at(50));
    ingress.step(new IngressEvent.Tick(), at(50 + HOLD_SECONDS - 1));
    assertThat(session(ingress)).isEqualTo(SessionState.ESTABLISHED);
    ingress.step(new IngressEvent.Tick(), at(50 + HOLD_SECONDS));
    assertThat(session(ingress)).isNotEqualTo(SessionState.ESTABLISHED);
    assertThat(ingress.view().upstreams().getFirst().lastReset().orElseThrow())
        .startsWith("by us: NOTIFICATION 4/0 ");
  }
}
