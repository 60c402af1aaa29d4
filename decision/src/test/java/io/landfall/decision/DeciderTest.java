package io.landfall.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Forward;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.decision.RequestFacts.LocalCapacity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every combination of the decision's inputs, and the rules one by one. */
class DeciderTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final NodeName OWN = new NodeName("fra");
  private static final HostAddress OWN_IDENTITY = new HostAddress(BLOCK, 1);

  @Test
  void everyCombinationHasExactlyOneOutcomeAndAReasonOfThatOutcome() {
    Map<Reason, Integer> hits = new EnumMap<>(Reason.class);
    int combinations = 0;
    for (List<Candidate> candidates : candidateSets()) {
      for (Signal local : Signal.values()) {
        for (Shield shield : shields()) {
          View view = view(local, candidates, shield);
          for (RequestFacts facts : allFacts()) {
            Decision decision = Decider.decide(facts, view);
            check(facts, local, decision);
            hits.merge(decision.reason(), 1, Integer::sum);
            combinations++;
          }
        }
      }
    }
    assertThat(combinations).isEqualTo(candidateSets().size() * 4 * 3 * 2 * 2 * 2 * 5 * 2);
    assertThat(hits.keySet())
        .containsExactlyElementsOf(
            Stream.of(Reason.values()).filter(reason -> !reason.isOfRule()).toList());
  }

  private static void check(RequestFacts facts, Signal local, Decision decision) {
    String what = facts + " local " + local + " -> " + decision;
    Reason.Outcome outcome =
        switch (decision) {
          case Serve s -> Reason.Outcome.SERVE;
          case Forward f -> Reason.Outcome.FORWARD;
          case Decline d -> Reason.Outcome.DECLINE;
        };
    assertThat(decision.reason().outcome()).as(what).isEqualTo(outcome);
    List<Candidate> named = new ArrayList<>();
    if (decision instanceof Serve serve) {
      named.addAll(serve.alternates());
    } else if (decision instanceof Forward forward) {
      named.add(forward.first());
      named.addAll(forward.alternates());
    }
    List<Candidate> usable = named.stream().filter(Candidate::usable).toList();
    List<Candidate> lastResorts = named.stream().filter(Candidate::lastResort).toList();
    boolean warmFirst =
        facts.cached() == Cached.MISS
            || decision.reason() == Reason.SHIELD
            || decision.reason() == Reason.LOCAL_LEAVING;
    Comparator<Candidate> order = warmFirst ? Candidates.ORDER : Candidates.WITHOUT_CACHE;
    assertThat(usable).as(what).doesNotHaveDuplicates().isSortedAccordingTo(order);
    assertThat(lastResorts).as(what).doesNotHaveDuplicates().isSortedAccordingTo(order);
    List<Candidate> inOrder = new ArrayList<>(usable);
    inOrder.addAll(lastResorts);
    assertThat(named).as(what).isEqualTo(inOrder);
    assertThat(named)
        .as(what)
        .noneMatch(c -> c.identity().equals(OWN_IDENTITY) || c.node().equals(OWN));
    if (facts.arrival() == Arrival.NODE) {
      assertThat(decision).as(what).isNotInstanceOf(Forward.class);
      assertThat(named).as(what).isEmpty();
      if (decision instanceof Decline decline) {
        boolean full =
            facts.localCapacity() == LocalCapacity.FULL
                && local != Signal.DOWN
                && decline.service().isPresent();
        assertThat(decline.reason()).as(what).isEqualTo(full ? Reason.OVERLOADED : Reason.NOT_HERE);
      }
    } else {
      assertThat(decision.reason()).as(what).isNotEqualTo(Reason.NOT_HERE);
      assertThat(decision.reason() == Reason.LOOP).as(what).isEqualTo(facts.looped());
    }
    if (local == Signal.DOWN && decision instanceof Serve serve) {
      assertThat(serve.reason()).as(what).isIn(Reason.CACHE_FRESH, Reason.CACHE_STALE);
    }
  }

  @Test
  void anUpLocalServiceServesAndNamesTheOthersAsAlternates() {
    View view = view(Signal.UP, List.of(candidate(2, Signal.UP, true)));
    assertThat(Decider.decide(client(), view))
        .isEqualTo(
            new Serve(
                view.routes().getFirst().service(),
                Reason.LOCAL_UP,
                List.of(candidate(2, Signal.UP, true))));
  }

  @Test
  void aForwardNamesTheUsableCandidatesInTheirOrder() {
    Candidate first = candidate(2, Signal.UP, true);
    Candidate unusable = candidate(3, Signal.UP, false);
    Candidate second = candidate(4, Signal.UP, true);
    Candidate third = candidate(5, Signal.COLD, true);
    View view = view(Signal.DOWN, List.of(third, second, unusable, first));
    assertThat(Decider.decide(client(), view))
        .isEqualTo(
            new Forward(
                view.routes().getFirst().service(),
                first,
                List.of(second, third),
                Reason.REMOTE_UP));
  }

  @Test
  void aDeclineNamesTheServiceWhereThereIsOne() {
    View view = view(Signal.DOWN, List.of());
    Optional<ServiceView> shop = Optional.of(view.routes().getFirst().service());
    RequestFacts looped = facts(Arrival.CLIENT, true, Cached.NONE, LocalCapacity.AVAILABLE);
    RequestFacts node = facts(Arrival.NODE, false, Cached.NONE, LocalCapacity.AVAILABLE);
    assertThat(Decider.decide(client(), view)).isEqualTo(new Decline(shop, Reason.NO_SITE));
    assertThat(Decider.decide(looped, view)).isEqualTo(new Decline(shop, Reason.LOOP));
    assertThat(Decider.decide(node, view)).isEqualTo(new Decline(shop, Reason.NOT_HERE));
  }

  @Test
  void everyReasonHasATextOfItsOwn() {
    assertThat(Reason.values()).extracting(Reason::text).doesNotHaveDuplicates().doesNotContain("");
  }

  @Test
  void aColdServiceHandsItsMissToAWarmSiteOnly() {
    RequestFacts miss = facts(Arrival.CLIENT, false, Cached.MISS, LocalCapacity.AVAILABLE);
    assertThat(reason(Signal.COLD, miss, candidate(2, Signal.UP, true)))
        .isEqualTo(Reason.WARM_ELSEWHERE);
    assertThat(reason(Signal.COLD, miss, candidate(2, Signal.COLD, true)))
        .isEqualTo(Reason.LOCAL_COLD);
    assertThat(reason(Signal.COLD, miss, candidate(2, Signal.DRAINING, true)))
        .isEqualTo(Reason.LOCAL_COLD);
    assertThat(reason(Signal.COLD, miss, candidate(2, Signal.UP, false)))
        .isEqualTo(Reason.LOCAL_COLD);
    assertThat(reason(Signal.COLD, client(), candidate(2, Signal.UP, true)))
        .isEqualTo(Reason.LOCAL_COLD);
  }

  @Test
  void aDrainingServiceHandsRequestsToASiteThatStays() {
    assertThat(reason(Signal.DRAINING, client(), candidate(2, Signal.COLD, true)))
        .isEqualTo(Reason.LOCAL_LEAVING);
    assertThat(reason(Signal.DRAINING, client(), candidate(2, Signal.DRAINING, true)))
        .isEqualTo(Reason.LOCAL_DRAINING);
  }

  @Test
  void aFullServiceForwardsOrSaysOverloaded() {
    RequestFacts full = facts(Arrival.CLIENT, false, Cached.NONE, LocalCapacity.FULL);
    assertThat(reason(Signal.UP, full, candidate(2, Signal.DRAINING, true)))
        .isEqualTo(Reason.LOCAL_FULL);
    assertThat(reason(Signal.UP, full, candidate(2, Signal.UP, false)))
        .isEqualTo(Reason.OVERLOADED);
    assertThat(reason(Signal.UP, full)).isEqualTo(Reason.OVERLOADED);
  }

  @Test
  void aRequestFromANodeIsServedByADrainingOrColdServiceAndElseDeclined() {
    RequestFacts node = facts(Arrival.NODE, true, Cached.NONE, LocalCapacity.AVAILABLE);
    Candidate other = candidate(2, Signal.UP, true);
    assertThat(reason(Signal.DRAINING, node, other)).isEqualTo(Reason.LOCAL_DRAINING);
    assertThat(reason(Signal.COLD, node, other)).isEqualTo(Reason.LOCAL_COLD);
    assertThat(reason(Signal.DOWN, node, other)).isEqualTo(Reason.NOT_HERE);
  }

  @Test
  void staleIsTheLastResortOfTheLandingNode() {
    RequestFacts stale = facts(Arrival.CLIENT, false, Cached.STALE_ALLOWED, LocalCapacity.FULL);
    assertThat(reason(Signal.UP, stale)).isEqualTo(Reason.CACHE_STALE);
    assertThat(reason(Signal.DOWN, stale)).isEqualTo(Reason.CACHE_STALE);
    assertThat(reason(Signal.DOWN, stale, candidate(2, Signal.UP, true)))
        .isEqualTo(Reason.REMOTE_UP);
  }

  @Test
  void aSiteToWhichThePathIsHeldForDeadIsTheLastResortAndComesBehindEveryOther() {
    Candidate near = lastResort(2, Signal.UP);
    Candidate far = candidate(3, Signal.COLD, true);
    View view = view(Signal.DOWN, List.of(near, far));
    assertThat(Decider.decide(client(), view))
        .isEqualTo(
            new Forward(view.routes().getFirst().service(), far, List.of(near), Reason.REMOTE_UP));
    assertThat(reason(Signal.DOWN, client(), near)).isEqualTo(Reason.LAST_RESORT);
    assertThat(reason(Signal.DRAINING, client(), near)).isEqualTo(Reason.LOCAL_DRAINING);
    assertThat(reason(Signal.COLD, client(), near)).isEqualTo(Reason.LOCAL_COLD);
    assertThat(
            reason(Signal.UP, facts(Arrival.CLIENT, false, Cached.NONE, LocalCapacity.FULL), near))
        .isEqualTo(Reason.LAST_RESORT);
    assertThat(
            reason(
                Signal.DOWN,
                facts(Arrival.CLIENT, false, Cached.STALE_ALLOWED, LocalCapacity.AVAILABLE),
                near))
        .isEqualTo(Reason.CACHE_STALE);
  }

  @Test
  void aRequestWaitsForALastResortOnlyWhileNothingBetterIsThere() {
    Candidate dead = lastResort(2, Signal.UP);
    View alone = view(Signal.DOWN, List.of(dead));
    View better = view(Signal.DOWN, List.of(dead, candidate(3, Signal.UP, true)));
    assertThat(alone.routes().getFirst().isWorthWaitingFor(dead.identity())).isTrue();
    assertThat(better.routes().getFirst().isWorthWaitingFor(dead.identity())).isFalse();
    assertThat(better.routes().getFirst().isWorthWaitingFor(id(3))).isTrue();
  }

  @Test
  void noSiteIsToldOnlyWhereNoSiteAdvertisesIt() {
    assertThat(reason(Signal.DOWN, client())).isEqualTo(Reason.NO_SITE);
    assertThat(reason(Signal.DOWN, client(), candidate(2, Signal.UP, false)))
        .isEqualTo(Reason.NO_PATH);
  }

  @Test
  void candidatesAreAskedBySignalThenTierThenCostThenIdentity() {
    Candidate draining = new Candidate(node(2), id(2), Signal.DRAINING, 0, 0, true, "");
    Candidate cold = new Candidate(node(3), id(3), Signal.COLD, 0, 0, true, "");
    Candidate far = new Candidate(node(4), id(4), Signal.UP, 0, 9, true, "");
    Candidate near = new Candidate(node(5), id(5), Signal.UP, 0, 1, true, "");
    Candidate nearToo = new Candidate(node(6), id(6), Signal.UP, 0, 1, true, "");
    Candidate secondTier = new Candidate(node(7), id(7), Signal.UP, 1, 0, true, "");
    assertThat(Candidates.order(List.of(draining, cold, secondTier, far, nearToo, near)))
        .containsExactly(near, nearToo, far, secondTier, cold, draining);
  }

  @Test
  void explainNamesEveryCandidateWithItsWhy() {
    View view =
        view(
            Signal.DOWN,
            List.of(candidate(3, Signal.UP, false), candidate(2, Signal.DRAINING, true)));
    Explanation explanation = Decider.explain(client(), view);
    assertThat(explanation.service()).contains(new ServiceName("shop"));
    assertThat(explanation.outcome()).isEqualTo(Reason.Outcome.FORWARD);
    assertThat(explanation.reason()).isEqualTo(Reason.REMOTE_UP);
    assertThat(explanation.candidates())
        .containsExactly(
            new Explanation.Considered(node(3), false, "no adjacency"),
            new Explanation.Considered(node(2), true, "adjacency up"));
  }

  @Test
  void explainOfAnUnknownHostHasNoServiceAndNoCandidates() {
    RequestFacts facts =
        new RequestFacts(
            "nobody.example", "/", Arrival.CLIENT, false, Cached.NONE, LocalCapacity.AVAILABLE);
    Explanation explanation = Decider.explain(facts, view(Signal.UP, List.of()));
    assertThat(explanation.service()).isEmpty();
    assertThat(explanation.candidates()).isEmpty();
    assertThat(explanation.reason()).isEqualTo(Reason.UNKNOWN_HOST);
  }

  private static Reason reason(Signal local, RequestFacts facts, Candidate... candidates) {
    return Decider.decide(facts, view(local, List.of(candidates))).reason();
  }

  private static List<RequestFacts> allFacts() {
    List<RequestFacts> all = new ArrayList<>();
    for (String host : List.of("shop.example", "nobody.example")) {
      for (Arrival arrival : Arrival.values()) {
        for (boolean looped : new boolean[] {false, true}) {
          for (Cached cached : Cached.values()) {
            for (LocalCapacity capacity : LocalCapacity.values()) {
              all.add(new RequestFacts(host, "/x", arrival, looped, cached, capacity));
            }
          }
        }
      }
    }
    return all;
  }

  /** Every set of up to two candidates out of all kinds, with and without this node among them. */
  private static List<List<Candidate>> candidateSets() {
    List<List<Candidate>> sets = new ArrayList<>();
    sets.add(List.of());
    Candidate own = new Candidate(OWN, OWN_IDENTITY, Signal.UP, 0, 0, true, "");
    sets.add(List.of(own));
    Signal[] signals = {Signal.UP, Signal.COLD, Signal.DRAINING};
    for (Signal one : signals) {
      sets.add(List.of(lastResort(2, one)));
      for (Signal two : signals) {
        sets.add(List.of(lastResort(2, one), candidate(3, two, true)));
        sets.add(List.of(lastResort(2, one), lastResort(3, two)));
      }
    }
    for (Signal one : signals) {
      for (boolean oneUsable : new boolean[] {true, false}) {
        Candidate first = candidate(2, one, oneUsable);
        sets.add(List.of(first));
        sets.add(List.of(own, first));
        for (Signal two : signals) {
          for (boolean twoUsable : new boolean[] {true, false}) {
            sets.add(List.of(first, candidate(3, two, twoUsable)));
          }
        }
      }
    }
    return sets;
  }

  private static RequestFacts client() {
    return facts(Arrival.CLIENT, false, Cached.NONE, LocalCapacity.AVAILABLE);
  }

  private static RequestFacts facts(
      Arrival arrival, boolean looped, Cached cached, LocalCapacity capacity) {
    return new RequestFacts("shop.example", "/x", arrival, looped, cached, capacity);
  }

  private static List<Shield> shields() {
    TreeSet<NodeName> one = new TreeSet<>(List.of(node(2)));
    return List.of(
        Shield.NONE,
        new Shield(one, Shield.Fallback.ORIGIN),
        new Shield(one, Shield.Fallback.DECLINE));
  }

  private static View view(Signal local, List<Candidate> candidates) {
    return view(local, candidates, Shield.NONE);
  }

  private static View view(Signal local, List<Candidate> candidates, Shield shield) {
    return View.of(
        OWN,
        OWN_IDENTITY,
        List.of(
            new ServiceView(
                new ServiceName("shop"),
                id(100),
                List.of("shop.example"),
                List.of(),
                local,
                candidates,
                shield)));
  }

  private static Candidate candidate(int number, Signal signal, boolean usable) {
    return new Candidate(
        node(number), id(number), signal, 0, 0, usable, usable ? "adjacency up" : "no adjacency");
  }

  private static Candidate lastResort(int number, Signal signal) {
    return new Candidate(node(number), id(number), signal, 0, 0, false, true, "dead by BFD");
  }

  private static NodeName node(int number) {
    return new NodeName("n" + number);
  }

  private static HostAddress id(int offset) {
    return new HostAddress(BLOCK, offset);
  }
}
