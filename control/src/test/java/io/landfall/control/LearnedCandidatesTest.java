package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Candidates that peers name: their bounds, their pace, and how they are forgotten. */
class LearnedCandidatesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final HostAddress FRA = TestPeers.host(1);
  private static final HostAddress SIN = TestPeers.host(3);
  private static final PeerIdentity NYC = TestPeers.peer("nyc", "10.32.0.2", TestPeers.NOW);
  private static final Endpoint AT = at(2);

  /** The longest wait that jitter can draw, so that the tests see the ceiling. */
  private final CandidateTable candidates = new CandidateTable(bound -> bound - 1, name -> false);

  private static Endpoint at(int number) {
    return new Endpoint("203.0." + (number >> 8) + "." + (number & 0xff), 8443);
  }

  private List<Endpoint> named(HostAddress by, long nowNanos, Endpoint... places) {
    return candidates.named(by, List.of(places), place -> Optional.empty(), nowNanos);
  }

  private List<Endpoint> dialDue(long nowNanos) {
    List<Endpoint> due = candidates.due(nowNanos);
    due.forEach(place -> candidates.dialStarted(place, nowNanos));
    return due;
  }

  private void fail(Endpoint place, long nowNanos) {
    candidates.dialFailed(place, "connection refused", nowNanos);
  }

  private Optional<CandidateView> view(Endpoint place) {
    return candidates.view(0).stream().filter(each -> each.endpoint().equals(place)).findFirst();
  }

  @Test
  void whatIsNamedIsDialledAtOnceAndShowsWhoNamesIt() {
    named(FRA, 0, AT);
    named(SIN, 0, AT);
    assertThat(candidates.due(0)).containsExactly(AT);
    assertThat(candidates.deadlineNanos()).hasValue(0);
    assertThat(view(AT).orElseThrow().namedBy()).contains(List.of(FRA, SIN));
  }

  @Test
  void whatTheOperatorNamesStaysTheOperators() {
    candidates.offer(AT, 0);
    named(FRA, 0, AT);
    assertThat(view(AT).orElseThrow().namedBy()).isEmpty();
    named(FRA, 0);
    candidates.forgetOld(10 * LearnedCandidates.KEPT_NANOS);
    assertThat(candidates.due(0)).containsExactly(AT);
  }

  @Test
  void aFurtherAddressOfANameIsTheOperatorsEvenIfItWasLearnedBefore() {
    Endpoint name = Endpoint.parse("nyc.edge.example:8443");
    candidates.offer(name, 0);
    named(FRA, 0, AT);
    candidates.furtherAddresses(name, List.of(AT), 0);
    assertThat(view(AT).orElseThrow().namedBy()).isEmpty();
    named(FRA, 0);
    assertThat(candidates.due(0)).containsExactly(name, AT);
    assertThat(candidates.furtherAddresses(name, List.of(), 0)).containsExactly(AT);
  }

  @Test
  void aPlaceThatTheOperatorNamesWhileItIsDialledTakesNoAttemptFromTheRest() {
    for (int number = 1; number <= LearnedCandidates.MAX_DIALING; number++) {
      named(TestPeers.host(100 + number), 0, at(256 + number));
    }
    assertThat(dialDue(0)).hasSize(LearnedCandidates.MAX_DIALING);
    named(FRA, 0, AT, at(3));
    assertThat(candidates.due(0)).isEmpty();

    candidates.offer(at(256 + 1), 0);
    assertThat(candidates.due(0)).hasSize(1).isSubsetOf(AT, at(3));
    // Its end is counted once.
    fail(at(256 + 1), 0);
    assertThat(candidates.due(0)).hasSize(1);
  }

  @Test
  void theOperatorsCandidatesComeFirst() {
    named(FRA, 0, AT, at(3));
    candidates.offer(at(4), 5);
    assertThat(candidates.due(10)).containsExactly(at(4), AT, at(3));
  }

  @Test
  void aPlaceThatIsNamedNoMoreIsDialledNoMoreUnlessANodeWasFoundThere() {
    named(FRA, 0, AT, at(3));
    dialDue(0);
    candidates.connected(AT, NYC, 0);
    fail(at(3), 0);
    named(FRA, SECOND);
    candidates.adjacencyLost(NYC.identity(), "reset", 20 * SECOND);

    assertThat(candidates.due(60 * SECOND)).containsExactly(AT);
    long lastKept = 20 * SECOND + LearnedCandidates.KEPT_NANOS - 1;
    assertThat(candidates.forgetOld(SECOND + LearnedCandidates.KEPT_NANOS - 1)).isEmpty();
    assertThat(candidates.forgetOld(lastKept)).containsExactly(at(3));
    assertThat(candidates.forgetOld(lastKept + 1)).containsExactly(AT);
    assertThat(candidates.view(0)).isEmpty();
    assertThat(candidates.deadlineNanos()).isEmpty();
  }

  @Test
  void failingAgainDoesNotKeepAPlaceThatIsNamedNoMore() {
    named(FRA, 0, AT);
    dialDue(0);
    candidates.connected(AT, NYC, 0);
    candidates.adjacencyLost(NYC.identity(), "reset", 0);
    named(FRA, 0);
    for (long now = 20 * SECOND; now < LearnedCandidates.KEPT_NANOS; now += 20 * SECOND) {
      assertThat(dialDue(now)).containsExactly(AT);
      fail(AT, now);
    }
    assertThat(candidates.forgetOld(LearnedCandidates.KEPT_NANOS)).containsExactly(AT);
  }

  @Test
  void aPlaceThatOnePeerNamesNoMoreIsKeptForAnother() {
    named(FRA, 0, AT);
    named(SIN, 0, AT);
    named(FRA, 0);
    assertThat(candidates.forgetOld(10 * LearnedCandidates.KEPT_NANOS)).isEmpty();
    assertThat(view(AT).orElseThrow().namedBy()).contains(List.of(SIN));
  }

  @Test
  void namingAPlaceAgainDoesNotMakeItDueSooner() {
    named(FRA, 0, AT);
    for (int i = 0; i < 20; i++) {
      long due = candidates.deadlineNanos().getAsLong();
      assertThat(dialDue(due)).containsExactly(AT);
      fail(AT, due);
    }
    long due = candidates.deadlineNanos().getAsLong();
    named(FRA, due - 2);
    assertThat(candidates.deadlineNanos()).isEmpty();
    named(FRA, due - 1, AT);
    assertThat(candidates.deadlineNanos()).hasValue(due);
  }

  @Test
  void theWaitForAPlaceWhereNoNodeWasFoundGrowsToFourMinutesAndElsewhereToFifteenSeconds() {
    named(FRA, 0, AT);
    long now = 0;
    for (int i = 0; i < 20; i++) {
      now = candidates.deadlineNanos().getAsLong();
      dialDue(now);
      fail(AT, now);
    }
    assertThat(candidates.deadlineNanos().getAsLong() - now).isBetween(239 * SECOND, 240 * SECOND);
    now = candidates.deadlineNanos().getAsLong();
    dialDue(now);
    candidates.connected(AT, NYC, now);
    candidates.adjacencyLost(NYC.identity(), "reset", now + 1);
    assertThat(candidates.deadlineNanos().getAsLong() - now).isBetween(14 * SECOND, 15 * SECOND);
  }

  @Test
  void aBurstIsDialledAtOnceInTurnsAndThenOneInASecond() {
    for (int peer = 0; peer < 4; peer++) {
      List<Endpoint> places = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        places.add(at(256 + 20 * peer + i));
      }
      candidates.named(TestPeers.host(100 + peer), places, place -> Optional.empty(), 0);
    }
    assertThat(dialDue(0)).hasSize(LearnedCandidates.MAX_DIALING);
    assertThat(candidates.due(0)).isEmpty();
    assertThat(candidates.deadlineNanos()).isEmpty();

    int dialled = LearnedCandidates.MAX_DIALING;
    long last = 0;
    for (CandidateView view : candidates.view(0)) {
      fail(view.endpoint(), 0);
    }
    for (int i = 0; i < 1_000 && dialled < 100; i++) {
      long now = candidates.deadlineNanos().getAsLong();
      assertThat(now).isGreaterThanOrEqualTo(last);
      List<Endpoint> due = dialDue(now);
      assertThat(due).isNotEmpty();
      dialled += due.size();
      assertThat(dialled).isLessThanOrEqualTo(LearnedCandidates.BURST + (int) (now / SECOND));
      due.forEach(place -> fail(place, now));
      last = now;
    }
    assertThat(last).isBetween(68 * SECOND, 70 * SECOND);
  }

  @Test
  void placesAtOneAddressAreBounded() {
    List<Endpoint> ports = new ArrayList<>();
    for (int port = 8000; port < 8032; port++) {
      ports.add(new Endpoint("203.0.113.7", port));
    }
    candidates.named(FRA, ports, place -> Optional.empty(), 0);
    assertThat(candidates.view(0)).hasSize(LearnedCandidates.MAX_PER_ADDRESS);
    // Those that are forgotten make room.
    named(FRA, 0, AT);
    candidates.forgetOld(LearnedCandidates.KEPT_NANOS);
    candidates.named(SIN, ports.subList(16, 32), place -> Optional.empty(), 0);
    assertThat(candidates.view(0)).hasSize(1 + LearnedCandidates.MAX_PER_ADDRESS);
  }

  @Test
  void placesAreBoundedAndWhatIsNamedNoMoreMakesRoomTheOldestFirst() {
    int peers = LearnedCandidates.MAX_LEARNED / 32;
    for (int peer = 0; peer < peers; peer++) {
      List<Endpoint> places = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        places.add(at(1024 + 32 * peer + i));
      }
      candidates.named(TestPeers.host(100 + peer), places, place -> Optional.empty(), 0);
    }
    assertThat(candidates.view(0)).hasSize(LearnedCandidates.MAX_LEARNED);
    assertThat(named(FRA, 1, AT)).isEmpty();
    assertThat(view(AT)).isEmpty();
    // The operator's are not affected.
    assertThat(candidates.offer(at(9), 1)).isTrue();

    named(TestPeers.host(105), 2);
    named(TestPeers.host(104), 3);
    List<Endpoint> gone = named(FRA, 4, AT, at(7));
    assertThat(gone).hasSize(2).allSatisfy(each -> assertThat(view(each)).isEmpty());
    int first = 1024 + 32 * 5;
    assertThat(gone).isSubsetOf(at(first), at(first + 1), at(first + 2), at(first + 31));
    assertThat(candidates.view(0)).hasSize(LearnedCandidates.MAX_LEARNED + 1);
  }

  @Test
  void aPlaceOfALiveAdjacencyRestsUntilThatIsLost() {
    candidates.named(FRA, List.of(AT), place -> Optional.of(NYC), 0);
    named(FRA, 0, AT, at(3));
    candidates.adjacentAt(at(3), NYC, 0);
    assertThat(candidates.due(0)).isEmpty();
    assertThat(candidates.expectedNodes()).isEqualTo(1);
    candidates.adjacencyLost(NYC.identity(), "reset", 0);
    assertThat(candidates.due(20 * SECOND)).containsExactlyInAnyOrder(AT, at(3));
  }

  @Test
  void aNodeThatStartsDoesNotWaitForPlacesWhereNobodyAnswered() {
    candidates.offer(at(9), 0);
    named(FRA, 0, AT);
    assertThat(candidates.expectedNodes()).isEqualTo(1);
  }

  @Test
  void anAdjacencyMarksNoCandidateOfTheOperator() {
    candidates.offer(AT, 0);
    candidates.adjacentAt(AT, NYC, 0);
    assertThat(candidates.due(0)).containsExactly(AT);
  }
}
