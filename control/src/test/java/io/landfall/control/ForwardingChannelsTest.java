package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayEvent.RemoteNode;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.signal.LocalSignals;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the channels to other nodes have the table and the candidates know. */
class ForwardingChannelsTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/16");
  private static final NodeName FRA = new NodeName("fra");
  private static final HostAddress OWN = BLOCK.host(1);
  private static final HostAddress REFLECTOR = BLOCK.host(9);
  private static final PeerIdentity NYC = node("nyc", BLOCK.host(2));
  private static final InetSocketAddress AT = World.socket(2, World.PORT);
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final Step step = new Step();
  private final List<OverlayEvent> toTable = new ArrayList<>();
  private final Rng rng = bound -> bound - 1;
  private final Neighbors neighbors = new Neighbors(FRA, OWN);
  private final CandidateTable candidates = new CandidateTable(rng, name -> false);
  private final ForwardingChannels channels = channels();
  private long nanos;

  private ForwardingChannels channels() {
    ControlConfig config =
        new ControlConfig(
            OWN,
            new TreeMap<>(),
            name -> PeerInfo.Relation.MESH,
            World.PORT,
            ControlConfig.Discovery.BY_CONFIG);
    Overlay overlay =
        new Overlay(
            new OverlaySettings(
                FRA,
                OWN,
                Asn.of(65_000),
                OverlaySettings.Reflection.NONE,
                OverlayLimits.usual(),
                NodeCosts.equal(),
                NodeDirectory.empty()),
            rng);
    DuplicateReports reports = new DuplicateReports(step, OWN);
    return new ForwardingChannels(
        new ForwardingChannels.Parts(
            config,
            step,
            rng,
            overlay,
            new ForwardingChannels.Nodes(
                neighbors,
                candidates,
                new SessionAdmission(config, overlay, neighbors, reports, node -> false),
                reports),
            new Publication(
                config,
                overlay,
                new LocalSignals(List.of(), 0),
                neighbors,
                neighbors::whyNoRequest),
            toTable::add));
  }

  private static PeerIdentity node(String name, HostAddress identity) {
    return new PeerIdentity(
        new NodeName(name),
        identity,
        new TreeSet<>(),
        "ab".repeat(32),
        List.of(),
        TestPeers.NOW + TestPeers.DAY,
        "1");
  }

  private void at(long now) {
    nanos = now;
    step.begin(new Now(nanos, TestPeers.NOW));
  }

  private void sessionWithNyc() {
    channels.sessionUp(Stream.Proof.dialled(NYC, AT));
  }

  private void reflected(HostAddress node, InetSocketAddress at) {
    channels.advertised(node, new NodeEndpoint(at.getAddress(), at.getPort()), REFLECTOR);
  }

  /** The one channel that is dialled when that is due. */
  private long dialled() {
    OptionalLong due = channels.deadlineNanos();
    at(Math.max(nanos, due.orElseThrow()));
    step.take();
    channels.tick();
    return step.take().stream()
        .filter(ControlEffect.DialChannel.class::isInstance)
        .map(effect -> ((ControlEffect.DialChannel) effect).dial())
        .findFirst()
        .orElseThrow();
  }

  private long up() {
    long dial = dialled();
    channels.reached(dial, NYC);
    channels.up(dial);
    return dial;
  }

  @Test
  void onlyOfANodeWithoutASessionTheChannelIsItsAdjacency() {
    at(0);
    sessionWithNyc();
    up();
    assertThat(toTable).isEmpty();
  }

  @Test
  void aReflectedNodeIsVerifiedByItsChannelAndUnreachableWhenThatIsOver() {
    at(0);
    reflected(NYC.identity(), AT);
    long dial = up();
    assertThat(toTable)
        .containsExactly(
            new RemoteNode.Verified(NYC.identity(), new TreeSet<>()),
            new RemoteNode.ChannelUp(NYC.identity()));
    toTable.clear();
    channels.over(dial, "no PONG");
    assertThat(toTable).containsExactly(new RemoteNode.ChannelDown(NYC.identity()));
  }

  @Test
  void whoIsRevokedWhileItsChannelIsProvedIsNotVerified() {
    at(0);
    reflected(NYC.identity(), AT);
    long dial = dialled();
    channels.reached(dial, NYC);
    channels.cut(
        new Revocations(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(List.of(NYC.name()))),
        TestPeers.NOW);
    channels.up(dial);
    assertThat(toTable).isEmpty();
    assertThat(step.take()).noneMatch(ControlEffect.ForwardTo.class::isInstance);
  }

  @Test
  void aListThatAdmitsANodeAgainHasItDialledSoon() {
    at(0);
    reflected(NYC.identity(), AT);
    for (int failures = 0; failures < 20; failures++) {
      channels.failed(dialled(), "refused");
    }
    assertThat(channels.deadlineNanos().orElseThrow() - nanos).isGreaterThan(MINUTE_NANOS);
    channels.dialAgain();
    assertThat(channels.deadlineNanos().orElseThrow() - nanos).isLessThan(MINUTE_NANOS / 60 + 1);
  }

  @Test
  void aCandidateOfANodeIsDueOnceItsChannelIsUp() {
    at(0);
    Endpoint candidate = new Endpoint("203.0.113.2", World.PORT);
    candidates.offer(candidate, nanos);
    candidates.dialStarted(candidate, nanos);
    candidates.connected(candidate, NYC, nanos);
    candidates.adjacencyLost(NYC.identity(), "reset", nanos);
    reflected(NYC.identity(), AT);
    assertThat(candidates.due(nanos)).isEmpty();

    long dial = dialled();
    channels.reached(dial, NYC);
    candidates.dialStarted(candidate, nanos);
    candidates.dialFailed(candidate, "refused", nanos);
    assertThat(candidates.due(nanos)).isEmpty();
    channels.up(dial);
    assertThat(candidates.due(nanos)).containsExactly(candidate);
  }

  @Test
  void aNodeThatWasNeverReachedMakesRoomAndOneWithASessionDoesNot() {
    at(0);
    sessionWithNyc();
    for (int n = 100; n < 100 + ForwardingChannels.MAX_NODES - 1; n++) {
      reflected(BLOCK.host(n), World.socket(7, 1_024 + n));
    }
    HostAddress newcomer = BLOCK.host(50_000);
    reflected(newcomer, World.socket(8, World.PORT));
    assertThat(neighbors.get(newcomer)).isNotNull();
    assertThat(neighbors.whyNoRequest(newcomer).orElseThrow()).contains("not proved yet");
    assertThat(neighbors.whyNoRequest(NYC.identity()).orElseThrow()).contains("not proved yet");
    assertThat(neighbors.whyNoRequest(BLOCK.host(100)).orElse("")).doesNotContain("not proved yet");
  }

  @Test
  void aNewcomerIsLeftOutWhereAllHaveSessions() {
    at(0);
    for (int n = 100; n < 100 + ForwardingChannels.MAX_NODES; n++) {
      PeerIdentity peer = node("n" + n, BLOCK.host(n));
      channels.sessionUp(new Stream.Proof(peer, World.socket(7, 1_024 + n), Direction.OUTGOING));
    }
    HostAddress newcomer = BLOCK.host(50_000);
    reflected(newcomer, World.socket(8, World.PORT));
    assertThat(neighbors.get(newcomer)).isNull();
  }
}
