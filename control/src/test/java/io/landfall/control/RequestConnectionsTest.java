package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.control.RequestAdmission.Verdict;
import io.landfall.core.Now;
import io.landfall.trust.FileResult;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Connections on which other nodes forward requests to this one. */
class RequestConnectionsTest {
  private static final long WAIT_NANOS = RequestConnections.WAIT_MILLIS * 1_000_000L;
  private static final InetAddress FROM = InetAddress.ofLiteral("198.51.100.7");

  private final TreeSet<String> live = new TreeSet<>();
  private final TreeSet<String> elsewhere = new TreeSet<>();
  private final RequestConnections connections = new RequestConnections(this::judge);
  private long nanos;

  private Verdict judge(PeerIdentity peer, InetAddress from) {
    String name = peer.name().value();
    if (elsewhere.contains(name)) {
      return new Verdict.Refused("other-address", name, false);
    }
    return live.contains(name) ? new Verdict.Live() : new Verdict.Refused("no-session", name, true);
  }

  private static PeerIdentity node(int n) {
    return TestPeers.peer("n" + n, "10.32.0." + n, TestPeers.NOW + TestPeers.DAY);
  }

  private static Revocations revoked(String node) {
    return switch (Revocations.parse("revoked", "node " + node + "\n")) {
      case FileResult.Good<Revocations>(Revocations list) -> list;
      case FileResult.Bad<Revocations> bad -> throw new AssertionError(bad.sentence());
    };
  }

  private List<RequestEffect> step(RequestEvent event) {
    return connections.step(event, new Now(nanos, TestPeers.NOW));
  }

  private List<RequestEffect> arrive(long connection, int node) {
    return step(new RequestEvent.Arrived(connection, node(node), FROM));
  }

  private List<RequestEffect> changed(int node) {
    return step(new RequestEvent.SenderChanged(node(node).identity()));
  }

  private static List<RequestEffect> refused(long connection, int node) {
    return List.of(
        new RequestEffect.Refuse(connection),
        new RequestEffect.Count(connection, "no-session", "n" + node));
  }

  @Test
  void requestsOfALiveNodeAreServedUntilItIsNotLive() {
    live.add("n2");
    assertThat(arrive(1, 2)).containsExactly(new RequestEffect.Serve(1));
    assertThat(changed(2)).as("as before").isEmpty();
    assertThat(connections.deadlineNanos()).isEmpty();

    live.clear();
    assertThat(changed(2)).as("ended, and no refusal").containsExactly(new RequestEffect.Refuse(1));
    live.add("n2");
    assertThat(changed(2)).as("the other side opens another one").isEmpty();
  }

  @Test
  void aConnectionWaitsForTheSessionOfItsNodeAndNotForAnother() {
    assertThat(arrive(1, 2)).isEmpty();
    assertThat(arrive(2, 3)).isEmpty();
    live.add("n2");
    assertThat(changed(3)).isEmpty();
    assertThat(changed(2)).containsExactly(new RequestEffect.Serve(1));
    live.add("n3");
    int[] offsets = {7, node(3).identity().offset()};
    assertThat(step(new RequestEvent.RoutesChanged(offsets)))
        .containsExactly(new RequestEffect.Serve(2));
  }

  @Test
  void whoseSessionDoesNotComeInTimeIsRefused() {
    arrive(1, 2);
    nanos = WAIT_NANOS / 2;
    arrive(2, 3);
    assertThat(connections.deadlineNanos()).hasValue(WAIT_NANOS);
    nanos = WAIT_NANOS - 1;
    assertThat(step(new RequestEvent.Tick())).isEmpty();
    nanos = WAIT_NANOS;
    assertThat(step(new RequestEvent.Tick())).isEqualTo(refused(1, 2));
    assertThat(connections.deadlineNanos()).hasValue(WAIT_NANOS / 2 + WAIT_NANOS);
  }

  @Test
  void whatNoSessionWouldMendIsRefusedAtOnce() {
    elsewhere.add("n2");
    assertThat(arrive(1, 2))
        .containsExactly(
            new RequestEffect.Refuse(1), new RequestEffect.Count(1, "other-address", "n2"));
  }

  @Test
  void aNodeMayHaveSoManyConnectionsThatWaitForItsSession() {
    for (int i = 0; i < RequestConnections.MAX_WAITING_PER_PEER; i++) {
      assertThat(arrive(i, 2)).isEmpty();
    }
    assertThat(arrive(100, 2)).isEqualTo(refused(100, 2));
    assertThat(arrive(101, 3)).as("another node's").isEmpty();
    step(new RequestEvent.Gone(5));
    assertThat(arrive(102, 2)).as("one is gone").isEmpty();
  }

  @Test
  void allNodesTogetherMayHaveSoManyConnectionsThatWait() {
    List<RequestEffect> effects = new ArrayList<>();
    for (int i = 0; i < RequestConnections.MAX_WAITING; i++) {
      effects.addAll(arrive(i, 2 + i / RequestConnections.MAX_WAITING_PER_PEER));
    }
    assertThat(effects).isEmpty();
    assertThat(arrive(1_000, 100)).isEqualTo(refused(1_000, 100));
  }

  @Test
  void whoIsRevokedIsCutAlsoWhenItsRequestsOnlyFinishAndOnlyOnce() {
    live.add("n2");
    arrive(1, 2);
    arrive(2, 3);
    live.clear();
    assertThat(changed(2)).containsExactly(new RequestEffect.Refuse(1));

    Revocations list = revoked("n2");
    RequestEvent check = new RequestEvent.RightsChecked(list, TestPeers.NOW);
    assertThat(step(check)).containsExactly(new RequestEffect.Cut(1, node(2).name()));
    assertThat(step(check)).isEmpty();
    assertThat(arrive(3, 2))
        .as("revoked between its handshake and now")
        .containsExactly(
            new RequestEffect.Cut(3, node(2).name()),
            new RequestEffect.Count(3, "revoked", node(2).label() + " is revoked"));
  }

  @Test
  void whoseCertificateRanOutIsCut() {
    live.add("n2");
    arrive(1, 2);
    long end = node(2).notAfterMillis();
    assertThat(step(new RequestEvent.RightsChecked(Revocations.NONE, end))).isEmpty();
    assertThat(step(new RequestEvent.RightsChecked(Revocations.NONE, end + 1)))
        .containsExactly(new RequestEffect.Cut(1, node(2).name()));
  }

  @Test
  void nothingIsAskedForAConnectionThatIsGone() {
    arrive(1, 2);
    step(new RequestEvent.Gone(1));
    assertThat(connections.deadlineNanos()).isEmpty();
    live.add("n2");
    assertThat(changed(2)).isEmpty();
    assertThat(step(new RequestEvent.RightsChecked(revoked("n2"), TestPeers.NOW))).isEmpty();
  }
}
