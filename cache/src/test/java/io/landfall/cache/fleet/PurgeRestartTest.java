package io.landfall.cache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import io.landfall.core.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node keeps of the logs over a restart, and of whose logs it keeps anything. */
class PurgeRestartTest {
  private static final NodeName FRA = new NodeName("fra");
  private static final NodeName NYC = new NodeName("nyc");
  private static final NodeName SIN = new NodeName("sin");
  private static final LogId OF_FRA = new LogId(FRA, 10);
  private static final LogId OF_NYC = new LogId(NYC, 20);
  private static final long LIMIT = 5_000_000_000L;
  private static final FleetSettings SETTINGS = new FleetSettings(FRA, 10, LIMIT, true);

  private PurgeFleet fleet = new PurgeFleet(SETTINGS, 0);
  private final List<PurgeRecord> kept = new ArrayList<>();

  private static FleetPurge purge(String tag) {
    return new FleetPurge(FleetPurge.Kind.TAG, tag, false);
  }

  private static <T> List<T> of(Class<T> type, List<PurgeEffect> effects) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private List<PurgeEffect> step(PurgeEvent event) {
    List<PurgeEffect> effects = fleet.step(event, new Now(0, 0));
    of(PurgeEffect.Keep.class, effects).forEach(each -> kept.addAll(each.changes()));
    return effects;
  }

  private PurgeEffect.Send comparesWith(NodeName node) {
    return of(PurgeEffect.Send.class, step(new PurgeEvent.PeerUp(node))).getFirst();
  }

  private List<PurgeEffect> has(PurgeEffect.Send asked, List<KnownLog> known, Segment... some) {
    PurgeMessage.Have have = new PurgeMessage.Have(known, List.of(some));
    return step(new PurgeEvent.Answered(asked.node(), asked.request(), have));
  }

  private void restarts() {
    fleet = new PurgeFleet(SETTINGS.with(Optional.of(kept)), 0);
  }

  @Test
  void aGiverThatRestartsGivesWhatOnlyItKnew() {
    List<PurgeEffect> given = step(new PurgeEvent.Given(1, purge("a"), 0));
    // Its giver is answered behind that.
    assertThat(given)
        .containsSubsequence(
            of(PurgeEffect.Keep.class, given).getFirst(), new PurgeEffect.Answer(1, List.of()));
    restarts();
    // A run of its own, though the clock shows the time of the run before.
    assertThat(fleet.view(0).log()).isEqualTo(new LogId(FRA, 11));
    PurgeMessage.Compare nothing = new PurgeMessage.Compare(List.of(), false);
    List<PurgeEffect> asked = step(new PurgeEvent.Received(1, NYC, nothing));
    assertThat(of(PurgeEffect.Reply.class, asked).getFirst().message())
        .isEqualTo(
            new PurgeMessage.Have(
                List.of(
                    new KnownLog(OF_FRA, 1, 1, 1, false),
                    new KnownLog(new LogId(FRA, 11), 1, 0, 0, false)),
                List.of(new Segment(OF_FRA, 1, true, List.of(purge("a"))))));
  }

  @Test
  void aNodeThatRestartsGetsWhatItLacksAndDropsNothing() {
    Segment first = new Segment(OF_NYC, 1, true, List.of(purge("a")));
    has(comparesWith(NYC), List.of(new KnownLog(OF_NYC, 1, 1, 1, false)), first);
    restarts();
    assertThat(fleet.holdsAtStart()).isTrue();
    PurgeEffect.Send asked = comparesWith(NYC);
    assertThat(asked.message())
        .isEqualTo(
            new PurgeMessage.Compare(
                List.of(
                    new KnownLog(new LogId(FRA, 10), 1, 0, 0, false),
                    new KnownLog(OF_NYC, 1, 1, 1, false)),
                false));
    Segment second = new Segment(OF_NYC, 2, false, List.of(purge("b")));
    List<PurgeEffect> effects = has(asked, List.of(new KnownLog(OF_NYC, 1, 2, 2, false)), second);
    assertThat(of(PurgeEffect.DropAll.class, effects)).isEmpty();
    assertThat(effects)
        .containsSubsequence(
            new PurgeEffect.Apply(1, List.of(purge("b"))), new PurgeEffect.Hold(false, ""));
  }

  @Test
  void whatItLacksAndNoOneHasAnyMoreDropsAll() {
    restarts();
    List<PurgeEffect> effects =
        has(comparesWith(NYC), List.of(new KnownLog(OF_NYC, 3, 3, 3, false)));
    assertThat(of(PurgeEffect.DropAll.class, effects)).hasSize(1);
    // That counts once, over restarts too.
    restarts();
    effects = has(comparesWith(NYC), List.of(new KnownLog(OF_NYC, 3, 3, 3, false)));
    assertThat(of(PurgeEffect.DropAll.class, effects)).isEmpty();
  }

  @Test
  void aChannelThatGoesBeforeItIsComparedByDoesNotEndTheHoldForTheNext() {
    fleet = new PurgeFleet(new FleetSettings(FRA, 10, LIMIT, false), 0);
    PurgeEffect.Send _ = comparesWith(NYC);
    PurgeEffect.Send asked = comparesWith(SIN);
    assertThat(of(PurgeEffect.Hold.class, step(new PurgeEvent.PeerDown(NYC)))).isEmpty();
    assertThat(has(asked, List.of())).contains(new PurgeEffect.Hold(false, ""));
  }

  @Test
  void whoHadLogsOfOthersWaitsForThemThoughItsConfigNamesNone() {
    FleetSettings none = new FleetSettings(FRA, 10, LIMIT, false);
    step(new PurgeEvent.Given(1, purge("a"), 0));
    assertThat(new PurgeFleet(none.with(Optional.of(kept)), 0).holdsAtStart()).isFalse();
    has(comparesWith(NYC), List.of(new KnownLog(OF_NYC, 3, 3, 3, false)));
    assertThat(new PurgeFleet(none.with(Optional.of(kept)), 0).holdsAtStart()).isTrue();
  }

  /** What a node says that it has of logs of nodes that do not exist. */
  private static List<KnownLog> invented(int count) {
    List<KnownLog> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new KnownLog(new LogId(new NodeName("x" + i), 1), 9, 8, 8, false));
    }
    return all;
  }

  private long logsOf(String prefix) {
    return fleet.kept().stream()
        .map(each -> each.log().origin().value())
        .filter(each -> each.startsWith(prefix))
        .distinct()
        .count();
  }

  @Test
  void aNodeThatNamesNodesThatDoNotExistFillsAQuarterOfTheTableAtMost() {
    has(comparesWith(SIN), invented(PurgeTable.MAX_LOGS));
    assertThat(logsOf("x")).isEqualTo(PurgeTable.MAX_UNMET);
    restarts();
    has(comparesWith(SIN), invented(2 * PurgeTable.MAX_LOGS));
    assertThat(logsOf("x")).isEqualTo(PurgeTable.MAX_UNMET);
    // Those of nodes that were met are kept, all that there is room for.
    for (int i = 0; i < PurgeTable.MAX_LOGS; i++) {
      NodeName node = new NodeName("met" + i);
      Segment some = new Segment(new LogId(node, 1), 1, true, List.of(purge("a")));
      step(new PurgeEvent.Received(i, node, new PurgeMessage.Push(some)));
    }
    assertThat(logsOf("met")).isEqualTo(PurgeTable.MAX_LOGS - 1);
    assertThat(logsOf("x")).isZero();
    List<PurgeRecord> all = fleet.kept();
    restarts();
    assertThat(fleet.kept()).isEqualTo(all);
  }

  /** Nodes that this one has met itself, each of which gives one purge here. */
  private void gives(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      NodeName node = new NodeName(prefix + i);
      Segment some = new Segment(new LogId(node, i + 1), 1, true, List.of(purge("a")));
      step(new PurgeEvent.Received(i, node, new PurgeMessage.Push(some)));
    }
  }

  @Test
  void aFleetOfThreeHundredNodesThatGavePurgesDropsNothingAfterARestart() {
    gives("met", 300);
    restarts();
    LogId more = new LogId(SIN, 5);
    Segment some = new Segment(more, 2, false, List.of(purge("b")));
    List<PurgeEffect> effects =
        has(
            comparesWith(NYC),
            List.of(new KnownLog(more, 1, 2, 2, false)),
            new Segment(more, 1, true, List.of(purge("a"))),
            some);
    assertThat(of(PurgeEffect.DropAll.class, effects)).isEmpty();
    assertThat(of(PurgeEffect.Apply.class, effects)).hasSize(2);
    assertThat(logsOf("met")).isEqualTo(300);
    assertThat(logsOf("sin")).isEqualTo(1);
  }

  @Test
  void ofAFullTableTheOldestLogOfANodeThatIsGoneGoesAndDropsNothingLater() {
    gives("gone", PurgeTable.MAX_LOGS - 1);
    restarts();
    KnownLog first = new KnownLog(new LogId(new NodeName("gone0"), 1), 2, 1, 1, false);
    KnownLog ofNyc = new KnownLog(OF_NYC, 1, 1, 1, false);
    Segment some = new Segment(OF_NYC, 1, true, List.of(purge("b")));
    List<PurgeEffect> effects = has(comparesWith(NYC), List.of(first, ofNyc), some);
    assertThat(of(PurgeEffect.DropAll.class, effects)).isEmpty();
    assertThat(logsOf("nyc")).isEqualTo(1);
    // Of gone0 its end is kept, so that who still has its log names nothing new.
    assertThat(fleet.kept())
        .contains(new PurgeRecord.State(new KnownLog(first.id(), 2, 1, 1, true)));
    assertThat(logsOf("gone")).isEqualTo(PurgeTable.MAX_LOGS - 1);
    restarts();
    effects = has(comparesWith(SIN), List.of(first, ofNyc));
    assertThat(of(PurgeEffect.DropAll.class, effects)).isEmpty();
  }

  @Test
  void theEndsOfLogsThatAreNotKeptAnyMoreAreBoundedOverRestarts() {
    for (int round = 0; round < 4; round++) {
      gives("of" + round + "x", PurgeTable.MAX_LOGS - 1);
      restarts();
    }
    PurgeMessage.Compare asked = (PurgeMessage.Compare) comparesWith(NYC).message();
    assertThat(asked.known()).hasSizeBetween(PurgeTable.MAX_LOGS, PurgeMessage.MAX_LOGS);
  }

  @Test
  void theComparisonsThatANodeMayAskForAtOnceAreBounded() {
    PurgeMessage.Compare asked = new PurgeMessage.Compare(invented(PurgeTable.MAX_LOGS), false);
    int answers = 0;
    for (int i = 0; i < PurgePeer.BURST_ENTRIES; i++) {
      List<PurgeEffect> effects = step(new PurgeEvent.Received(i, SIN, asked));
      PurgeMessage.Reply reply = of(PurgeEffect.Reply.class, effects).getFirst().message();
      answers += reply instanceof PurgeMessage.Have ? 1 : 0;
    }
    assertThat(answers).isEqualTo((int) (PurgePeer.BURST_ENTRIES / PurgePeer.COMPARE_ENTRIES));
  }
}
