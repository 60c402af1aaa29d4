package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.OverlayEvent;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the rest of a node is told when something happens to another node, and what not. */
class WhoIsToldTest {
  private final World world = World.ofThree(7);
  private final WorldNode fra = world.node(1);
  private final WorldNode nyc = world.node(2);
  private final WorldNode sin = world.node(3);
  private final HostAddress toNyc = nyc.identity();

  private final ControlEffect left = new ControlEffect.RequestsLeft(toNyc);
  private final ControlEffect lost = new ControlEffect.RequestsLost(toNyc);
  private final ControlEffect senderChanged = new ControlEffect.SenderChanged(toNyc);

  @BeforeEach
  void threeNodesMesh() {
    world.nodes.forEach(WorldNode::start);
    nyc.backendIs(true);
    world.run(10_000);
    assertThat(fra.publishedShopAt()).containsExactly(toNyc);
    fra.told.clear();
  }

  private static Revocations revoking(WorldNode node) {
    TreeSet<NodeName> names = new TreeSet<>(List.of(node.certificate().name()));
    return new Revocations(new TreeSet<>(), new TreeSet<>(), names);
  }

  private List<ControlEffect> step(WorldNode node, ControlEvent event) {
    return new ArrayList<>(node.plane().step(event, node.now()));
  }

  @Test
  void aSessionThatEndsLetsRequestsFinishAndHasThoseOfItsNodeJudgedAgain() {
    world.resetStreams(1, 2);
    world.run(25);
    assertThat(fra.told).contains(left, senderChanged).doesNotContain(lost);
    assertThat(fra.told)
        .noneMatch(effect -> effect.equals(new ControlEffect.RequestsLeft(sin.identity())));
    assertThat(fra.publishedShopAt()).isEmpty();

    fra.told.clear();
    world.run(30_000);
    assertThat(fra.told).contains(senderChanged);
    assertThat(fra.publishedShopAt()).containsExactly(toNyc);
  }

  @Test
  void aPathThatIsDeadEndsRequestsAtOnceThoughTheSessionIsStillUp() {
    world.breakPath(1, 2);
    world.run(5_000);
    assertThat(fra.plane().isEstablished(toNyc)).isTrue();
    assertThat(fra.told).contains(lost);
    assertThat(fra.publishedShopAt()).isEmpty();
  }

  @Test
  void aPeerThatWasSilentTakesRequestsWithIt() {
    // Without a dead path, which is told earlier.
    fra.paths().clear();
    world.breakPath(1, 2);
    world.run(5_000);
    assertThat(fra.plane().isEstablished(toNyc)).isTrue();
    fra.told.clear();
    world.run(10_000);
    assertThat(fra.plane().isEstablished(toNyc)).isFalse();
    assertThat(fra.told).contains(lost, senderChanged);
  }

  @Test
  void aChannelThatTakesNoMoreRequestsIsLeftAndOneThatIsOverIsLost() {
    fra.step(new ControlEvent.ChannelLeft(fra.channels().dialOf(nyc), "GOAWAY"));
    assertThat(fra.told).containsExactly(left);
    assertThat(fra.forwards).containsOnlyKeys(sin.identity());
    world.run(10);
    assertThat(fra.publishedShopAt()).isEmpty();

    world.run(30_000);
    assertThat(fra.publishedShopAt()).containsExactly(toNyc);
    fra.told.clear();
    fra.step(new ControlEvent.ChannelOver(fra.channels().dialOf(nyc), "no PONG"));
    assertThat(fra.told).containsExactly(lost);
    assertThat(fra.forwards).containsOnlyKeys(sin.identity());
    assertThat(fra.plane().whyNoRequest(toNyc).orElseThrow()).contains("no PONG");
    world.run(10);
    assertThat(fra.publishedShopAt()).isEmpty();
  }

  @Test
  void aRevocationReachesTheSessionTheChannelAndAllRequestsOfTheNode() {
    Revocations list = revoking(nyc);
    fra.step(new ControlEvent.Revoke(list));
    assertThat(fra.told).contains(lost, senderChanged);
    assertThat(fra.told)
        .filteredOn(ControlEffect.RightsChecked.class::isInstance)
        .singleElement()
        .isEqualTo(
            new ControlEffect.RightsChecked(
                list, fra.now().wallMillis(), new TreeSet<>(List.of(nyc.certificate().name()))));
    assertThat(fra.forwards).containsOnlyKeys(sin.identity());
    world.run(25);
    assertThat(fra.publishedShopAt()).isEmpty();
  }

  @Test
  void aRevocationEndsRequestsToANodeWhoseChannelIsDownToo() {
    fra.step(new ControlEvent.ChannelLeft(fra.channels().dialOf(nyc), "GOAWAY"));
    fra.told.clear();
    fra.step(new ControlEvent.Revoke(revoking(nyc)));
    assertThat(fra.told).contains(lost);
  }

  @Test
  void whoIsRevokedGetsNoSessionThoughItsHandshakeWasBefore() {
    fra.step(new ControlEvent.Revoke(revoking(nyc)));
    List<ControlEffect> effects =
        step(
            fra,
            new ControlEvent.StreamOpened(
                2_000_000, nyc.certificate(), World.socket(2, 40_000), Direction.INCOMING));
    assertThat(effects)
        .anyMatch(e -> e instanceof ControlEffect.CloseStream close && close.stream() == 2_000_000);
    assertThat(effects).noneMatch(ControlEffect.SessionRefused.class::isInstance);
  }

  @Test
  void rightsAreLookedAtAgainAndAgainWhateverElseHappens() {
    long checks = 60_000 / Neighbors.CHECK_INTERVAL_MILLIS;
    world.run(60_000);
    assertThat(fra.told.stream().filter(ControlEffect.RightsChecked.class::isInstance).count())
        .isBetween(checks - 1, checks + 1);
  }

  @Test
  void routesThatChangeHaveTheRequestsOfTheirNodesJudgedAgain() {
    nyc.kill();
    world.run(1_000);
    assertThat(fra.told)
        .filteredOn(ControlEffect.RoutesChanged.class::isInstance)
        .anySatisfy(
            effect ->
                assertThat(((ControlEffect.RoutesChanged) effect).offsets())
                    .contains(toNyc.offset()));
  }

  @Test
  void requestsOfALiveNodeComeWithTheCertificateOfItsSession() {
    InetAddress home = World.socket(nyc.address(), 50_000).getAddress();
    assertThat(fra.plane().judgeRequests(nyc.otherCertificate(), home))
        .isInstanceOfSatisfying(
            RequestAdmission.Verdict.Refused.class,
            no -> {
              assertThat(no.rule()).isEqualTo(RequestAdmission.DUPLICATE_IDENTITY);
              assertThat(no.mayCome()).isFalse();
            });
  }

  @Test
  void aChannelAtWhichAnotherNodeOrCertificateAnswersIsNotUsedAndNamed() {
    for (PeerIdentity other : List.of(sin.certificate(), nyc.otherCertificate())) {
      nyc.channels().areAnsweredBy(other);
      fra.step(new ControlEvent.ChannelOver(fra.channels().dialOf(nyc), "no PONG"));
      world.run(30_000);
      assertThat(fra.plane().isEstablished(toNyc)).isTrue();
      assertThat(fra.forwards).containsOnlyKeys(sin.identity());
      assertThat(fra.plane().whyNoRequest(toNyc).orElseThrow())
          .contains(
              other.identity().equals(toNyc) ? "another certificate of" : "is " + other.label());
      assertThat(fra.publishedShopAt()).isEmpty();

      nyc.channels().areAnsweredBy(null);
      world.run(60_000);
      assertThat(fra.forwards).containsOnlyKeys(toNyc, sin.identity());
      assertThat(fra.forwards.values()).anyMatch(to -> to.peer().equals(nyc.certificate()));
    }
  }

  @Test
  void aListThatRevokesLessHasANodeThatWasNotReachedDialledAgainAtOnce() {
    for (long seed = 0; seed < 20; seed++) {
      World each = World.ofThree(seed);
      WorldNode dialling = each.node(1);
      WorldNode other = each.node(2);
      each.nodes.forEach(WorldNode::start);
      each.run(20_000);
      other.channels().areAnsweredBy(each.node(3).certificate());
      dialling.step(new ControlEvent.ChannelOver(dialling.channels().dialOf(other), "no PONG"));
      Revocations unrelated =
          new Revocations(
              new TreeSet<>(), new TreeSet<>(), new TreeSet<>(List.of(new NodeName("n9"))));
      dialling.step(new ControlEvent.Revoke(unrelated));
      each.run(120_000);
      assertThat(dialling.forwards).doesNotContainKey(other.identity());

      other.channels().areAnsweredBy(null);
      dialling.step(new ControlEvent.Revoke(Revocations.NONE));
      each.run(1_500);
      assertThat(dialling.forwards).containsKey(other.identity());
    }
  }

  @Test
  void aPortAtWhichACandidateAnswersIsTriedForRequestsAtOnce() {
    for (long seed = 0; seed < 20; seed++) {
      World each = new World(seed);
      WorldNode listening = new WorldNode(each, 1, List.of());
      WorldNode elsewhere = new WorldNode(each, 2, List.of(World.at(1), World.at(1 + World.MOVED)));
      elsewhere.port = 9_443;
      each.nodes.addAll(List.of(listening, elsewhere));
      each.nodes.forEach(WorldNode::start);
      each.run(60_000);
      assertThat(listening.plane().isEstablished(elsewhere.identity())).isTrue();
      assertThat(listening.forwards).as("its port was guessed wrong").isEmpty();

      Endpoint there = new Endpoint(World.at(elsewhere.address()).host(), elsewhere.port);
      listening.step(new ControlEvent.CandidateHasMore(World.at(99), List.of(there)));
      each.run(500);
      assertThat(listening.forwards).containsOnlyKeys(elsewhere.identity());
    }
  }

  @Test
  void aNodeThatStopsTakesNoStreamAnyMore() {
    step(fra, new ControlEvent.Stop("maintenance"));
    List<ControlEffect> effects =
        step(
            fra,
            new ControlEvent.StreamOpened(
                3_000_000, nyc.otherCertificate(), World.socket(2, 40_001), Direction.INCOMING));
    assertThat(effects)
        .containsExactly(new ControlEffect.CloseStream(3_000_000, "no session begins any more"));
    assertThat(step(fra, new ControlEvent.OfThisNode(new OverlayEvent.Tick())))
        .noneMatch(ControlEffect.DialCandidate.class::isInstance);
  }

  @Test
  void whatConcernsOneNodeIsNotSaidOfAnother() {
    world.resetStreams(1, 2);
    fra.step(new ControlEvent.Revoke(Revocations.NONE));
    world.run(25);
    for (ControlEffect effect : fra.told) {
      assertThat(effect.toString()).doesNotContain(sin.identity().toString());
    }
    assertThat(fra.forwards).containsKey(sin.identity());
  }
}
