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
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who asks the origin for what a cache misses: this site, a warm one, or a shield. */
class MissTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final NodeName FRA = new NodeName("fra");
  private static final NodeName NYC = new NodeName("nyc");
  private static final NodeName SIN = new NodeName("sin");

  @Test
  void aColdSiteAsksTheWarmSitesAndNoOther() {
    Decision decision =
        decide(Signal.COLD, Cached.MISS, Shield.NONE, at(SIN, Signal.COLD), at(NYC, Signal.UP));
    assertThat(decision.reason()).isEqualTo(Reason.WARM_ELSEWHERE);
    assertThat(decision)
        .isInstanceOfSatisfying(
            Forward.class,
            forward -> {
              assertThat(forward.first().node()).isEqualTo(NYC);
              assertThat(forward.alternates()).isEmpty();
            });
  }

  @Test
  void afterOneWarmSiteDidNotAnswerAColdSiteServesHere() {
    Decision decision =
        decide(
            Signal.COLD,
            Cached.MISS_EVERYWHERE,
            Shield.NONE,
            at(SIN, Signal.UP),
            at(NYC, Signal.UP));
    assertThat(decision.reason()).isEqualTo(Reason.LOCAL_COLD);
    assertThat(((Serve) decision).alternates()).hasSize(2);
  }

  @Test
  void aMissPrefersAWarmSiteAndWhatNoCacheCanAnswerTheNearestOne() {
    Candidate cold = new Candidate(NYC, id(1), Signal.COLD, 0, 0, true, "");
    Candidate warm = new Candidate(SIN, id(2), Signal.UP, 1, 9, true, "");
    assertThat(decide(Signal.DOWN, Cached.MISS, Shield.NONE, cold, warm))
        .isInstanceOfSatisfying(Forward.class, f -> assertThat(f.first()).isEqualTo(warm));
    assertThat(decide(Signal.DOWN, Cached.NONE, Shield.NONE, cold, warm))
        .isInstanceOfSatisfying(Forward.class, f -> assertThat(f.first()).isEqualTo(cold));
  }

  @Test
  void whatNoCacheCanAnswerGoesToADrainingSiteLast() {
    Candidate draining = new Candidate(NYC, id(1), Signal.DRAINING, 0, 0, true, "");
    Candidate cold = new Candidate(SIN, id(2), Signal.COLD, 1, 9, true, "");
    assertThat(decide(Signal.DOWN, Cached.NONE, Shield.NONE, draining, cold))
        .isInstanceOfSatisfying(
            Forward.class,
            forward -> {
              assertThat(forward.first()).isEqualTo(cold);
              assertThat(forward.alternates()).containsExactly(draining);
            });
  }

  @Test
  void aPlaceIsWantingWhereNoSiteOrPathOrShieldIsThere() {
    assertThat(Reason.values())
        .filteredOn(Reason::isForWantOfPlaces)
        .containsExactly(Reason.NO_SITE, Reason.NO_PATH, Reason.NO_SHIELD);
  }

  @Test
  void aWarmSiteFetchesItsMissesItself() {
    assertThat(reason(Signal.UP, Cached.MISS, Shield.NONE, at(NYC, Signal.UP)))
        .isEqualTo(Reason.LOCAL_UP);
  }

  @Test
  void aSiteThatIsNoShieldHandsItsMissesToOneAndNothingElse() {
    Shield nyc = shield(Shield.Fallback.ORIGIN, NYC);
    for (Signal local : List.of(Signal.UP, Signal.COLD, Signal.DRAINING, Signal.DOWN)) {
      Decision decision = decide(local, Cached.MISS, nyc, at(SIN, Signal.UP), at(NYC, Signal.COLD));
      assertThat(decision.reason()).isEqualTo(Reason.SHIELD);
      assertThat(((Forward) decision).first().node()).isEqualTo(NYC);
      assertThat(((Forward) decision).alternates()).isEmpty();
    }
    assertThat(reason(Signal.UP, Cached.NONE, nyc, at(NYC, Signal.UP))).isEqualTo(Reason.LOCAL_UP);
    assertThat(reason(Signal.UP, Cached.FRESH, nyc, at(NYC, Signal.UP)))
        .isEqualTo(Reason.CACHE_FRESH);
  }

  @Test
  void aShieldFetchesItsMissesItselfAndAColdOneAsksWarmShieldsOnly() {
    Shield own = shield(Shield.Fallback.DECLINE, FRA, NYC);
    assertThat(reason(Signal.UP, Cached.MISS, own, at(NYC, Signal.UP))).isEqualTo(Reason.LOCAL_UP);
    assertThat(reason(Signal.COLD, Cached.MISS, own, at(SIN, Signal.UP)))
        .isEqualTo(Reason.LOCAL_COLD);
    assertThat(reason(Signal.COLD, Cached.MISS, own, at(SIN, Signal.UP), at(NYC, Signal.UP)))
        .isEqualTo(Reason.WARM_ELSEWHERE);
  }

  @Test
  void withoutAShieldThatCanBeAskedTheFallbackDecides() {
    Shield origin = shield(Shield.Fallback.ORIGIN, NYC);
    Shield decline = shield(Shield.Fallback.DECLINE, NYC);
    Candidate draining = at(NYC, Signal.DRAINING);
    Candidate other = at(SIN, Signal.UP);
    assertThat(reason(Signal.UP, Cached.MISS, origin, draining)).isEqualTo(Reason.LOCAL_UP);
    assertThat(reason(Signal.DOWN, Cached.MISS, origin, other)).isEqualTo(Reason.REMOTE_UP);
    assertThat(reason(Signal.UP, Cached.MISS, decline, draining)).isEqualTo(Reason.NO_SHIELD);
    assertThat(reason(Signal.DOWN, Cached.MISS, decline, other)).isEqualTo(Reason.NO_SHIELD);
    assertThat(reason(Signal.UP, Cached.STALE_ALLOWED, decline)).isEqualTo(Reason.CACHE_STALE);
  }

  @Test
  void afterAShieldDidNotAnswerTheOriginIsAskedHereOrTheOtherShieldsAre() {
    Candidate nyc = at(NYC, Signal.UP);
    Candidate sin = at(SIN, Signal.UP);
    Shield origin = shield(Shield.Fallback.ORIGIN, NYC, SIN);
    Shield decline = shield(Shield.Fallback.DECLINE, NYC, SIN);
    assertThat(reason(Signal.UP, Cached.MISS_EVERYWHERE, origin, nyc, sin))
        .isEqualTo(Reason.LOCAL_UP);
    Decision decision = decide(Signal.UP, Cached.MISS_EVERYWHERE, decline, nyc, sin);
    assertThat(decision.reason()).isEqualTo(Reason.SHIELD);
    assertThat(((Forward) decision).alternates()).hasSize(1);
  }

  /** Random fleets, seen by each of their nodes: no schedule makes a second hop. */
  @Test
  void whateverTheSitesBelieveOfEachOtherAMissIsForwardedOnceAtMost() {
    Random random = new Random(11);
    NodeName[] names = {FRA, NYC, SIN};
    for (int round = 0; round < 20_000; round++) {
      Shield shield = randomShield(random, names);
      Cached landed = List.of(Cached.values()).get(random.nextInt(Cached.values().length));
      int landing = random.nextInt(names.length);
      Decision decision =
          Decider.decide(facts(Arrival.CLIENT, landed), randomView(random, names, landing, shield));
      List<NodeName> asked = new ArrayList<>();
      if (decision instanceof Forward forward) {
        asked.add(forward.first().node());
        forward.alternates().forEach(each -> asked.add(each.node()));
      } else if (decision instanceof Serve serve) {
        serve.alternates().forEach(each -> asked.add(each.node()));
      }
      assertThat(asked).doesNotContain(names[landing]).doesNotHaveDuplicates();
      for (NodeName receiver : asked) {
        int at = List.of(names).indexOf(receiver);
        for (Cached there : Cached.values()) {
          Decision second =
              Decider.decide(facts(Arrival.NODE, there), randomView(random, names, at, shield));
          assertThat(second).isNotInstanceOf(Forward.class);
          if (second instanceof Serve serve) {
            assertThat(serve.alternates()).isEmpty();
          }
        }
      }
      if (landed == Cached.MISS_EVERYWHERE && shield.fallback() == Shield.Fallback.ORIGIN) {
        assertThat(decision.reason()).isNotIn(Reason.WARM_ELSEWHERE, Reason.SHIELD);
      }
      if (decision instanceof Decline) {
        assertThat(decision.reason())
            .isIn(Reason.NO_SITE, Reason.NO_PATH, Reason.NO_SHIELD, Reason.OVERLOADED);
      }
    }
  }

  private static Shield randomShield(Random random, NodeName[] names) {
    TreeSet<NodeName> sites = new TreeSet<>();
    for (NodeName name : names) {
      if (random.nextInt(4) == 0) {
        sites.add(name);
      }
    }
    return new Shield(
        sites, random.nextBoolean() ? Shield.Fallback.ORIGIN : Shield.Fallback.DECLINE);
  }

  private static View randomView(Random random, NodeName[] names, int own, Shield shield) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      if (random.nextInt(4) > 0) {
        Signal signal = List.of(Signal.values()).get(random.nextInt(Signal.values().length));
        candidates.add(
            new Candidate(names[i], id(i), signal, random.nextInt(2), 0, random.nextBoolean(), ""));
      }
    }
    Signal local = List.of(Signal.values()).get(random.nextInt(Signal.values().length));
    return view(names[own], own, local, shield, candidates);
  }

  private static Shield shield(Shield.Fallback fallback, NodeName... sites) {
    return new Shield(new TreeSet<>(List.of(sites)), fallback);
  }

  private static Reason reason(
      Signal local, Cached cached, Shield shield, Candidate... candidates) {
    return decide(local, cached, shield, candidates).reason();
  }

  private static Decision decide(
      Signal local, Cached cached, Shield shield, Candidate... candidates) {
    return Decider.decide(
        facts(Arrival.CLIENT, cached), view(FRA, 0, local, shield, List.of(candidates)));
  }

  private static RequestFacts facts(Arrival arrival, Cached cached) {
    return new RequestFacts("shop.example", "/x", arrival, false, cached, LocalCapacity.AVAILABLE);
  }

  private static View view(
      NodeName own, int number, Signal local, Shield shield, List<Candidate> candidates) {
    return View.of(
        own,
        id(number),
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

  private static Candidate at(NodeName node, Signal signal) {
    return new Candidate(node, id(node.equals(NYC) ? 1 : 2), signal, 0, 0, true, "");
  }

  private static HostAddress id(int number) {
    return new HostAddress(BLOCK, number + 1);
  }
}
