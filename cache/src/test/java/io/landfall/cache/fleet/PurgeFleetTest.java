package io.landfall.cache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.PurgeEffect.NodeAnswer;
import io.landfall.cache.fleet.PurgeEffect.Outcome;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The purges of a fleet at one node, step by step. */
class PurgeFleetTest {
  private static final NodeName FRA = new NodeName("fra");
  private static final NodeName NYC = new NodeName("nyc");
  private static final NodeName SIN = new NodeName("sin");
  private static final LogId OF_FRA = new LogId(FRA, 10);
  private static final LogId OF_NYC = new LogId(NYC, 20);
  private static final long SECOND = 1_000_000_000L;
  private static final long LIMIT = 5 * SECOND;

  private long nowNanos;
  private PurgeFleet fleet = new PurgeFleet(new FleetSettings(FRA, 10, LIMIT, false), 0);

  private static FleetPurge purge(String tag) {
    return new FleetPurge(FleetPurge.Kind.TAG, tag, false);
  }

  private static KnownLog log(LogId id, long floor, long through) {
    return new KnownLog(id, floor, through, through, false);
  }

  private List<PurgeEffect> step(PurgeEvent event) {
    return fleet.step(event, new Now(nowNanos, 0));
  }

  private List<PurgeEffect> after(long nanos) {
    nowNanos += nanos;
    return step(new PurgeEvent.Tick());
  }

  private static <T> List<T> of(Class<T> type, List<PurgeEffect> effects) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static PurgeEffect.Send sent(List<PurgeEffect> effects) {
    return of(PurgeEffect.Send.class, effects).getFirst();
  }

  private PurgeMessage.Reply received(NodeName from, PurgeMessage.Request message) {
    return of(PurgeEffect.Reply.class, step(new PurgeEvent.Received(1, from, message)))
        .getFirst()
        .message();
  }

  private List<PurgeEffect> answered(PurgeEffect.Send send, PurgeMessage.Reply reply) {
    return step(new PurgeEvent.Answered(send.node(), send.request(), reply));
  }

  /** A node is reached and compared with; it has this. */
  private List<PurgeEffect> meet(NodeName node, KnownLog... has) {
    PurgeEffect.Send compare = sent(step(new PurgeEvent.PeerUp(node)));
    return answered(compare, new PurgeMessage.Have(List.of(has), List.of()));
  }

  private List<PurgeEffect> give(long ticket, String tag) {
    return step(new PurgeEvent.Given(ticket, purge(tag), SECOND));
  }

  @Test
  void alonePurgesAreAppliedAndAnsweredAtOnce() {
    assertThat(fleet.holdsAtStart()).isFalse();
    assertThat(give(1, "a"))
        .contains(
            new PurgeEffect.Apply(1, List.of(purge("a"))), new PurgeEffect.Answer(1, List.of()));
  }

  @Test
  void aPurgeIsPushedAndAnsweredWhenEachNodeHasAppliedIt() {
    meet(NYC);
    meet(SIN);
    nowNanos += SECOND;
    List<PurgeEffect> given = give(1, "a");
    List<PurgeEffect.Send> sent = of(PurgeEffect.Send.class, given);
    assertThat(sent)
        .extracting(PurgeEffect.Send::message)
        .containsExactly(
            new PurgeMessage.Push(new Segment(OF_FRA, 1, true, List.of(purge("a")))),
            new PurgeMessage.Push(new Segment(OF_FRA, 1, true, List.of(purge("a")))));
    nowNanos += 7;
    assertThat(answered(sent.getFirst(), new PurgeMessage.Applied(log(OF_FRA, 1, 1))))
        .doesNotHaveAnyElementsOfTypes(PurgeEffect.Answer.class);
    nowNanos += 3;
    assertThat(answered(sent.getLast(), new PurgeMessage.Applied(log(OF_FRA, 1, 1))))
        .contains(
            new PurgeEffect.Answer(
                1,
                List.of(
                    new NodeAnswer(NYC, Outcome.APPLIED, 7),
                    new NodeAnswer(SIN, Outcome.APPLIED, 10))),
            new PurgeEffect.Unconfirmed(OptionalLong.empty()));
  }

  @Test
  void aNodeThatIsNotReachedIsNamedAndOneThatIsLateIsPending() {
    meet(NYC);
    step(new PurgeEvent.Known(SIN));
    nowNanos += SECOND;
    give(1, "a");
    assertThat(of(PurgeEffect.Answer.class, after(SECOND)))
        .containsExactly(
            new PurgeEffect.Answer(
                1,
                List.of(
                    new NodeAnswer(NYC, Outcome.PENDING, 0),
                    new NodeAnswer(SIN, Outcome.UNREACHABLE, 0))));
    give(2, "b");
    assertThat(of(PurgeEffect.Answer.class, step(new PurgeEvent.PeerDown(NYC))))
        .extracting(each -> each.nodes().getFirst().outcome())
        .containsExactly(Outcome.UNREACHABLE);
  }

  private long lagNanos(NodeName node) {
    return fleet.view(nowNanos).nodes().stream()
        .filter(each -> each.name().equals(node))
        .findFirst()
        .orElseThrow()
        .lagNanos();
  }

  @Test
  void aNodeLagsByTheAgeOfTheOldestPurgeThatItHasNotConfirmedAndNotIfThereIsNone() {
    meet(NYC);
    nowNanos += SECOND;
    PurgeEffect.Send push = sent(give(1, "a"));
    nowNanos += 7;
    give(2, "b");
    nowNanos += 3;
    assertThat(lagNanos(NYC)).isEqualTo(10);
    answered(push, new PurgeMessage.Applied(log(OF_FRA, 1, 1)));
    assertThat(lagNanos(NYC)).isEqualTo(3);
    PurgeEffect.Send next = sent(after(FleetTimes.PACE_NANOS));
    answered(next, new PurgeMessage.Applied(log(OF_FRA, 1, 2)));
    assertThat(lagNanos(NYC)).isZero();
    // Comparisons show no more: nothing is missing, however long that is so.
    for (int i = 0; i < 100; i++) {
      of(PurgeEffect.Send.class, after(FleetTimes.COMPARE_NANOS))
          .forEach(
              each -> answered(each, new PurgeMessage.Have(List.of(log(OF_FRA, 1, 2)), List.of())));
      assertThat(lagNanos(NYC)).isZero();
    }
    // A channel that comes anew says nothing of what it had confirmed.
    step(new PurgeEvent.PeerDown(NYC));
    step(new PurgeEvent.PeerUp(NYC));
    nowNanos += SECOND;
    assertThat(lagNanos(NYC)).isZero();
    give(3, "c");
    nowNanos += 2 * SECOND;
    assertThat(lagNanos(NYC)).isEqualTo(2 * SECOND);
    // One that is new is not as far behind as the log is old.
    step(new PurgeEvent.Known(SIN));
    nowNanos += SECOND;
    assertThat(lagNanos(SIN)).isEqualTo(SECOND);
  }

  @Test
  void manyPurgesLeaveInOneMessageAndOneMessageIsUnderWay() {
    meet(NYC);
    nowNanos += SECOND;
    PurgeEffect.Send first = sent(give(1, "a"));
    for (int i = 2; i <= 2_000; i++) {
      assertThat(of(PurgeEffect.Send.class, give(i, "t" + i))).isEmpty();
    }
    answered(first, new PurgeMessage.Applied(log(OF_FRA, 1, 1)));
    PurgeEffect.Send next = sent(after(FleetTimes.PACE_NANOS));
    assertThat(((PurgeMessage.Push) next.message()).entries().purges())
        .hasSize(PurgeMessage.MAX_ENTRIES);
  }

  @Test
  void whatWasMissedComesWithTheComparisonAndNothingIsServedUntilThen() {
    assertThat(of(PurgeEffect.Hold.class, step(new PurgeEvent.PeerUp(NYC))))
        .extracting(PurgeEffect.Hold::on)
        .containsExactly(true);
    fleet = new PurgeFleet(new FleetSettings(FRA, 10, LIMIT, false), nowNanos);
    PurgeEffect.Send compare = sent(step(new PurgeEvent.PeerUp(NYC)));
    Segment some = new Segment(OF_NYC, 1, true, List.of(purge("a"), purge("b")));
    List<PurgeEffect> effects =
        answered(compare, new PurgeMessage.Have(List.of(log(OF_NYC, 1, 3)), List.of(some)));
    assertThat(effects)
        .contains(new PurgeEffect.Apply(1, some.purges()))
        .doesNotHaveAnyElementsOfTypes(PurgeEffect.Hold.class);
    PurgeEffect.Send again = sent(after(FleetTimes.PACE_NANOS));
    Segment rest = new Segment(OF_NYC, 3, false, List.of(purge("c")));
    effects = answered(again, new PurgeMessage.Have(List.of(log(OF_NYC, 1, 3)), List.of(rest)));
    assertThat(effects)
        .contains(new PurgeEffect.Apply(2, rest.purges()), new PurgeEffect.Hold(false, ""));
  }

  @Test
  void whatIsInNoLogAnyMoreDropsAllOnce() {
    List<PurgeEffect> effects = meet(NYC, log(OF_NYC, 50, 90));
    assertThat(of(PurgeEffect.DropAll.class, effects)).hasSize(1);
    assertThat(of(PurgeEffect.Hold.class, effects))
        .containsExactly(new PurgeEffect.Hold(false, ""));
    PurgeEffect.Send again = sent(after(FleetTimes.COMPARE_NANOS));
    effects = answered(again, new PurgeMessage.Have(List.of(log(OF_NYC, 50, 90)), List.of()));
    assertThat(of(PurgeEffect.DropAll.class, effects)).isEmpty();
    assertThat(fleet.view(nowNanos).counts().missed()).isEqualTo(1);
  }

  @Test
  void aHoldThatLastsTooLongDropsAllAndEnds() {
    step(new PurgeEvent.PeerUp(NYC));
    List<PurgeEffect> effects = after(LIMIT);
    assertThat(of(PurgeEffect.DropAll.class, effects)).hasSize(1);
    assertThat(of(PurgeEffect.Hold.class, effects))
        .containsExactly(new PurgeEffect.Hold(false, ""));
  }

  @Test
  void aNodeThatStartsAloneServesAfterAWhile() {
    fleet = new PurgeFleet(new FleetSettings(FRA, 10, LIMIT, true), nowNanos);
    assertThat(fleet.holdsAtStart()).isTrue();
    assertThat(fleet.deadlineNanos()).hasValue(LIMIT);
    assertThat(after(LIMIT)).containsExactly(new PurgeEffect.Hold(false, ""));
  }

  @Test
  void aSourceThatGoesBeforeAllIsHadDropsAll() {
    meet(NYC, log(OF_NYC, 1, 3));
    assertThat(of(PurgeEffect.DropAll.class, step(new PurgeEvent.PeerDown(NYC)))).hasSize(1);
  }

  @Test
  void aNodeThatComesWhileOthersAreThereHoldsNothingUnlessItHasMore() {
    meet(NYC);
    assertThat(of(PurgeEffect.Hold.class, step(new PurgeEvent.PeerUp(SIN)))).isEmpty();
    fleet = new PurgeFleet(new FleetSettings(FRA, 10, LIMIT, false), nowNanos);
    meet(NYC);
    assertThat(of(PurgeEffect.Hold.class, meet(SIN, log(new LogId(SIN, 1), 1, 1))))
        .extracting(PurgeEffect.Hold::on)
        .containsExactly(true);
  }

  @Test
  void aNodePushesItsOwnLogOnly() {
    meet(NYC);
    Segment ofSin = new Segment(new LogId(SIN, 1), 1, true, List.of(purge("a")));
    assertThat(received(NYC, new PurgeMessage.Push(ofSin))).isEqualTo(new PurgeMessage.Busy());
  }

  @Test
  void whatIsTakenOfANodeIsBounded() {
    List<FleetPurge> full = Collections.nCopies(PurgeMessage.MAX_ENTRIES, purge("a"));
    List<PurgeMessage.Reply> replies = new ArrayList<>();
    for (long first = 1; first < PurgePeer.BURST_ENTRIES + 5_000; first += full.size()) {
      replies.add(received(NYC, new PurgeMessage.Push(new Segment(OF_NYC, first, false, full))));
    }
    assertThat(replies.getLast()).isEqualTo(new PurgeMessage.Busy());
    assertThat(fleet.view(nowNanos).counts().fromOthers())
        .isLessThanOrEqualTo(PurgePeer.BURST_ENTRIES)
        .isGreaterThan(PurgePeer.BURST_ENTRIES - PurgeMessage.MAX_ENTRIES);
  }

  @Test
  void aLiarCannotKeepAPurgeOfAnotherNodeFromCounting() {
    PurgeEffect.Send compare = sent(step(new PurgeEvent.PeerUp(SIN)));
    Segment lie = new Segment(OF_NYC, 1, true, Collections.nCopies(1_000, purge("lie")));
    answered(compare, new PurgeMessage.Have(List.of(log(OF_NYC, 1, 1_000)), List.of(lie)));
    Segment truth = new Segment(OF_NYC, 1, true, List.of(purge("truth")));
    List<PurgeEffect> effects = step(new PurgeEvent.Received(1, NYC, new PurgeMessage.Push(truth)));
    assertThat(of(PurgeEffect.Apply.class, effects))
        .extracting(PurgeEffect.Apply::purges)
        .containsExactly(truth.purges());
    // And it reports that to its giver, by that node's own count.
    assertThat(of(PurgeEffect.Reply.class, effects).getFirst().message())
        .isEqualTo(new PurgeMessage.Applied(new KnownLog(OF_NYC, 1, 1_000, 1, false)));
  }

  @Test
  void aLaterRunOfThisNodeThanThisOneIsOutrun() {
    meet(NYC, log(new LogId(FRA, 99), 1, 5));
    nowNanos += SECOND;
    PurgeMessage.Push push = (PurgeMessage.Push) sent(give(1, "a")).message();
    assertThat(push.entries().id()).isEqualTo(new LogId(FRA, 100));
  }

  @Test
  void aNodeThatComesBackMayAnswerOldUntilItIsKnownToHaveAll() {
    PurgeEffect.Unconfirmed old =
        new PurgeEffect.Unconfirmed(OptionalLong.of(PurgeFleet.ALL_BATCHES));
    meet(NYC);
    nowNanos += SECOND;
    PurgeEffect.Send push = sent(give(1, "a"));
    answered(push, new PurgeMessage.Applied(log(OF_FRA, 1, 1)));
    // All that are there have it, so that it waits for none any more.
    List<PurgeEffect> effects = step(new PurgeEvent.PeerUp(SIN));
    assertThat(effects).contains(old);
    effects = answered(sent(effects), new PurgeMessage.Have(List.of(), List.of()));
    assertThat(of(PurgeEffect.Unconfirmed.class, effects)).isEmpty();
    push = sent(after(FleetTimes.PACE_NANOS));
    effects = answered(push, new PurgeMessage.Applied(log(OF_FRA, 1, 1)));
    assertThat(effects).contains(new PurgeEffect.Unconfirmed(OptionalLong.empty()));
  }

  @Test
  void anotherNodesAnswersAreOldUntilItHasApplied() {
    meet(NYC);
    meet(SIN);
    nowNanos += SECOND;
    Segment some = new Segment(OF_NYC, 1, true, List.of(purge("a")));
    List<PurgeEffect> effects = step(new PurgeEvent.Received(1, NYC, new PurgeMessage.Push(some)));
    assertThat(effects).contains(new PurgeEffect.Unconfirmed(OptionalLong.of(1)));
    // Sin has to confirm that it has it.
    effects =
        step(
            new PurgeEvent.Received(
                2, SIN, new PurgeMessage.Compare(List.of(log(OF_NYC, 1, 1)), false)));
    assertThat(effects).contains(new PurgeEffect.Unconfirmed(OptionalLong.empty()));
  }

  @Test
  void aPurgeThatAllOthersHaveAlreadyIsConfirmedInTheStepThatAppliesIt() {
    meet(NYC);
    PurgeMessage.Push push =
        new PurgeMessage.Push(new Segment(OF_NYC, 1, true, List.of(purge("a"))));
    List<PurgeEffect> effects = step(new PurgeEvent.Received(1, NYC, push));
    assertThat(effects)
        .containsSubsequence(
            new PurgeEffect.Apply(fleetBatch(effects), List.of(purge("a"))),
            new PurgeEffect.Unconfirmed(OptionalLong.empty()));
  }

  private static long fleetBatch(List<PurgeEffect> effects) {
    return of(PurgeEffect.Apply.class, effects).getFirst().batch();
  }
}
