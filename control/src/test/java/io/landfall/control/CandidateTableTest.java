package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.InvariantBroken;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CandidateTableTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Endpoint NYC_AT = Endpoint.parse("nyc.edge.example:8443");
  private static final PeerIdentity NYC = TestPeers.peer("nyc", "10.32.0.2", TestPeers.NOW);

  /** The longest wait that jitter can draw, so that the tests see the ceiling. */
  private final CandidateTable candidates = new CandidateTable(bound -> bound - 1, name -> false);

  @BeforeEach
  void offerNyc() {
    assertThat(candidates.offer(NYC_AT, 0)).isTrue();
  }

  private void connect(long nowNanos) {
    candidates.dialStarted(NYC_AT, 0);
    candidates.connected(NYC_AT, NYC, nowNanos);
  }

  @Test
  void theFirstAttemptIsImmediateAndIsMadeOnce() {
    assertThat(candidates.due(0)).containsExactly(NYC_AT);
    candidates.dialStarted(NYC_AT, 0);
    assertThat(candidates.due(100 * SECOND)).isEmpty();
    assertThatThrownBy(() -> candidates.dialStarted(NYC_AT, 0)).isInstanceOf(InvariantBroken.class);
  }

  @Test
  void theWaitDoublesUpToItsCap() {
    long now = 0;
    long[] ceilings = {250, 500, 1000, 2000, 4000, 8000, 15000, 15000};
    for (long ceilingMillis : ceilings) {
      candidates.dialStarted(NYC_AT, 0);
      candidates.dialFailed(NYC_AT, "refused", now);
      long deadline = candidates.deadlineNanos().orElseThrow();
      assertThat(deadline - now).isEqualTo(ceilingMillis * 1_000_000 - 1);
      assertThat(candidates.due(deadline - 1)).isEmpty();
      assertThat(candidates.due(deadline)).containsExactly(NYC_AT);
      now = deadline;
    }
  }

  @Test
  void jitterNeverMakesABusyLoop() {
    CandidateTable eager = new CandidateTable(bound -> 0, name -> false);
    eager.offer(NYC_AT, 0);
    eager.dialStarted(NYC_AT, 0);
    eager.dialFailed(NYC_AT, "refused", 0);
    assertThat(eager.deadlineNanos().orElseThrow()).isEqualTo(CandidateTable.WAITS.leastNanos());
  }

  @Test
  void aVerifiedAttemptMakesThePortKnownForThatCertificateAndEndsDialling() {
    PeerIdentity other =
        new PeerIdentity(
            NYC.name(),
            NYC.identity(),
            NYC.entitledServices(),
            "f".repeat(64),
            NYC.keys(),
            TestPeers.NOW,
            "2");
    assertThat(candidates.portsOf(NYC)).isEmpty();
    connect(0);
    assertThat(candidates.portsOf(NYC)).containsExactly(8443);
    assertThat(candidates.portsOf(other)).isEmpty();
    assertThat(candidates.due(100 * SECOND)).isEmpty();
    assertThat(candidates.deadlineNanos()).isEmpty();
  }

  @Test
  void aLostAdjacencyIsTriedAgainAndAStableOneStartsAfresh() {
    for (int i = 0; i < 5; i++) {
      candidates.dialStarted(NYC_AT, 0);
      candidates.dialFailed(NYC_AT, "refused", 0);
    }
    connect(0);
    candidates.adjacencyLost(NYC.identity(), "hold timer", SECOND);
    assertThat(candidates.deadlineNanos().orElseThrow() - SECOND).isEqualTo(8 * SECOND - 1);

    connect(10 * SECOND);
    long lost = 10 * SECOND + CandidateTable.STABLE_NANOS;
    candidates.adjacencyLost(NYC.identity(), "hold timer", lost);
    assertThat(candidates.deadlineNanos().orElseThrow() - lost).isEqualTo(SECOND / 4 - 1);
    assertThat(candidates.portsOf(NYC)).isEmpty();
  }

  @Test
  void aChannelThatCameUpMakesTheCandidatesOfItsNodeDueAndNoOthers() {
    Endpoint elsewhere = Endpoint.parse("sin.edge.example:8443");
    candidates.offer(elsewhere, 0);
    candidates.dialStarted(elsewhere, 0);
    candidates.dialFailed(elsewhere, "refused", 0);
    connect(0);
    candidates.adjacencyLost(NYC.identity(), "closed", CandidateTable.STABLE_NANOS);
    long now = CandidateTable.STABLE_NANOS;
    for (int i = 0; i < 6; i++) {
      now += CandidateTable.WAITS.mostNanos();
      candidates.dialStarted(NYC_AT, 0);
      candidates.dialFailed(NYC_AT, "refused", now);
    }
    candidates.dialStarted(elsewhere, 0);
    candidates.dialFailed(elsewhere, "refused", now);
    assertThat(candidates.due(now)).isEmpty();

    candidates.isAlive(TestPeers.host("10.32.0.77"), now);
    assertThat(candidates.due(now)).isEmpty();
    candidates.isAlive(NYC.identity(), now);
    assertThat(candidates.due(now)).containsExactly(NYC_AT);
    assertThat(candidates.deadlineNanos()).hasValue(now);

    candidates.dialStarted(NYC_AT, 0);
    candidates.dialFailed(NYC_AT, "refused", now);
    assertThat(candidates.deadlineNanos().orElseThrow() - now)
        .as("the waits begin anew")
        .isEqualTo(SECOND / 4 - 1);
  }

  @Test
  void aChannelThatCameUpLeavesAConnectedCandidateAndADialAlone() {
    connect(0);
    candidates.isAlive(NYC.identity(), SECOND);
    assertThat(candidates.due(100 * SECOND)).isEmpty();
    candidates.adjacencyLost(NYC.identity(), "closed", SECOND);
    candidates.dialStarted(NYC_AT, 0);
    candidates.isAlive(NYC.identity(), SECOND);
    assertThat(candidates.due(100 * SECOND)).isEmpty();
  }

  @Test
  void aConfiguredReflectorIsNeverWaitedForLongerThanItsOwnCeiling() {
    CandidateTable ofClient =
        new CandidateTable(bound -> bound - 1, name -> name.equals(NYC.name()));
    ofClient.offer(NYC_AT, 0);
    ofClient.dialStarted(NYC_AT, 0);
    ofClient.connected(NYC_AT, NYC, 0);
    ofClient.adjacencyLost(NYC.identity(), "closed", CandidateTable.STABLE_NANOS);
    long now = CandidateTable.STABLE_NANOS;
    long[] ceilingsMillis = {250, 500, 1000, 2000, 2000, 2000};
    for (long ceilingMillis : ceilingsMillis) {
      long deadline = ofClient.deadlineNanos().orElseThrow();
      assertThat(deadline - now).isEqualTo(ceilingMillis * 1_000_000 - 1);
      now = deadline;
      ofClient.dialStarted(NYC_AT, 0);
      ofClient.dialFailed(NYC_AT, "refused", now);
    }
  }

  @Test
  void anotherIdentitysLossIsNotOurs() {
    connect(0);
    candidates.adjacencyLost(TestPeers.host("10.32.0.77"), "hold timer", SECOND);
    assertThat(candidates.due(100 * SECOND)).isEmpty();
  }

  @Test
  void ourselvesAreRememberedAndLeftAlone() {
    candidates.dialStarted(NYC_AT, 0);
    candidates.wasOurselves(NYC_AT);
    candidates.offer(NYC_AT, 0);
    assertThat(candidates.due(1000 * SECOND)).isEmpty();
    assertThat(candidates.view(0).getFirst().state()).isEqualTo("self");
  }

  @Test
  void anAttemptThatHasEndedMakesRoomForAnotherHoweverItEnded() {
    for (int i = 0; i < 200; i++) {
      candidates.offer(new Endpoint("host" + i, 1), 1);
    }
    List<Endpoint> dialled = candidates.due(1);
    dialled.forEach(each -> candidates.dialStarted(each, 1));
    assertThat(candidates.deadlineNanos()).as("no room").isEmpty();

    candidates.connected(dialled.get(0), NYC, 1);
    assertThat(candidates.due(1)).hasSize(1);
    candidates.wasOurselves(dialled.get(1));
    assertThat(candidates.due(1)).hasSize(2);
    candidates.dialFailed(dialled.get(2), "refused", 1);
    assertThat(candidates.due(1)).hasSize(3);
    assertThat(candidates.deadlineNanos()).hasValue(1);
  }

  @Test
  void attemptsAtATimeAreBounded() {
    for (int i = 0; i < 200; i++) {
      candidates.offer(new Endpoint("host" + i, 1), 1);
    }
    assertThat(candidates.due(1)).hasSize(CandidateTable.MAX_DIALING);
    candidates.due(1).forEach(each -> candidates.dialStarted(each, 1));
    assertThat(candidates.due(1)).isEmpty();
  }

  @Test
  void anAddressThatItsNameHasNoMoreIsForgotten() {
    Endpoint two = new Endpoint("192.0.2.2", 8443);
    Endpoint three = new Endpoint("192.0.2.3", 8443);
    Endpoint four = new Endpoint("192.0.2.4", 8443);
    Endpoint configured = new Endpoint("192.0.2.5", 8443);
    candidates.offer(configured, 0);
    candidates.furtherAddresses(NYC_AT, List.of(two, three, configured), 0);
    assertThat(candidates.due(0)).containsExactly(NYC_AT, configured, two, three);
    candidates.dialStarted(two, 0);
    candidates.connected(two, NYC, 0);
    assertThat(candidates.furtherAddresses(NYC_AT, List.of(four), 1)).containsExactly(three);
    assertThat(candidates.due(1)).containsExactly(NYC_AT, configured, four);
    candidates.adjacencyLost(NYC.identity(), "closed", 2);
    assertThat(candidates.furtherAddresses(NYC_AT, List.of(), 3)).containsExactly(two, four);
    assertThat(candidates.due(100 * SECOND)).containsExactly(NYC_AT, configured);
  }

  @Test
  void theTableIsBounded() {
    int kept = 1;
    for (int i = 0; i < 2 * CandidateTable.MAX_CANDIDATES; i++) {
      kept += candidates.offer(new Endpoint("host" + i, 1), 0) ? 1 : 0;
    }
    assertThat(kept).isEqualTo(CandidateTable.MAX_CANDIDATES);
  }

  @Test
  void theViewSaysWhyAndWhen() {
    candidates.dialStarted(NYC_AT, 0);
    candidates.dialFailed(NYC_AT, "wrong-ca", 0);
    CandidateView view = candidates.view(0).getFirst();
    assertThat(view.state()).isEqualTo("failed");
    assertThat(view.lastFailure()).contains("wrong-ca");
    assertThat(view.nextAttemptInMillis()).contains(249L);
  }
}
