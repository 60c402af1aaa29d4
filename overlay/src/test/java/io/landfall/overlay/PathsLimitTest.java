package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.bgp.UpdateWriter;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many paths of each host a peer wants (draft-abraitis-idr-addpath-paths-limit). */
class PathsLimitTest {
  private static final int PATHS = 6;
  private static final int CAPABILITIES = 2;
  private static final int PATHS_LIMIT = 76;
  private static final int LENGTH_AT = 17;
  private static final int HOLD_TIME_AT = 23;
  private static final int OPTIONS_LENGTH_AT = 28;
  private static final long STREAM = 99;

  private final FedWorld world = new FedWorld(Backlog.SLICE_PATHS);

  private PeerInfo reader() {
    return world.add(2, Relation.CLIENT, true).info;
  }

  /** The OPEN of a peer with add-path, and this many bytes of optional parameters more. */
  private byte[] open(PeerInfo peer, byte... more) {
    byte[] plain =
        UpdateWriter.inventedOpen(
            new Asn(OverlayNet.ASN),
            BgpIdentifier.of(peer.identity()),
            world.overlay.monitor().family(),
            true);
    byte[] open = Arrays.copyOf(plain, plain.length + more.length);
    System.arraycopy(more, 0, open, plain.length, more.length);
    open[LENGTH_AT] = (byte) (open[LENGTH_AT] + more.length);
    open[OPTIONS_LENGTH_AT] = (byte) (open[OPTIONS_LENGTH_AT] + more.length);
    open[HOLD_TIME_AT] = 9; // An invented one proposes none, which a session refuses.
    return open;
  }

  /** How many announcements a peer with such an OPEN is sent of a host with six paths. */
  private long sent(PeerInfo peer, byte[] open) {
    byte[] keepalive = new byte[19];
    Arrays.fill(keepalive, 0, 16, (byte) 0xff);
    keepalive[LENGTH_AT] = 19;
    keepalive[LENGTH_AT + 1] = 4;
    world.step(new OverlayEvent.LinkUp(peer, "fp", STREAM, Direction.INCOMING));
    world.step(new OverlayEvent.Bytes(peer.identity(), STREAM, open));
    world.step(new OverlayEvent.Bytes(peer.identity(), STREAM, keepalive));
    world.settle();
    long before = announcements(peer);
    FedPeer relay = world.connect(world.add(1, Relation.RELAY, true));
    List<Nlri<HostAddress>> routes =
        IntStream.rangeClosed(1, PATHS)
            .mapToObj(id -> new Nlri<>(FedWorld.service(0), id))
            .toList();
    relay.announce(FedWorld.attributes(relay.info.identity(), 0, OptionalInt.empty()), routes);
    world.settle();
    return announcements(peer) - before;
  }

  private long announcements(PeerInfo peer) {
    return world.overlay.peers().stream()
        .filter(each -> each.info().equals(peer))
        .mapToLong(each -> each.counters().sent().announcements())
        .sum();
  }

  @Test
  void aPeerThatNamesNoLimitIsSentAllPaths() {
    PeerInfo peer = reader();
    assertThat(sent(peer, open(peer))).isEqualTo(PATHS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void aPeerIsSentNoMorePathsOfAHostThanItsOpenHas(int limit) {
    PeerInfo peer = reader();
    byte[] parameter = {CAPABILITIES, 7, PATHS_LIMIT, 5, 0, 1, 1, 0, (byte) limit};
    assertThat(sent(peer, open(peer, parameter))).isEqualTo(limit);
  }
}
