package io.landfall.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.UpdateMessage;
import io.landfall.bgp.UpdateWriter;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.HostRouteCodec;
import io.landfall.overlay.MonitoringEvent;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.RouteMonitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** One host with as many paths as a peer may have: work is counted, since time proves nothing. */
class BmpTableTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/16");
  private static final int ASN = (int) 4_200_000_000L;
  private static final HostAddress OWN = BLOCK.parseHost("10.32.0.1");
  private static final HostAddress PEER = BLOCK.parseHost("10.32.0.2");
  private static final HostAddress SHOP = BLOCK.parseHost("10.32.1.10");
  private static final int PATHS = OverlayLimits.PATHS_PER_HOST_OF_A_REFLECTOR;

  /** A slice shows no more paths than it may cost, and this many more at its end. */
  private static final int MOST_SHOWN = BmpTable.SLICE_COST + 1;

  /** The low byte of an OPEN's hold time. */
  private static final int HOLD_TIME_AT = 23;

  private static final long LARGEST_MESSAGE_BYTES = 4_096;

  private final Overlay overlay =
      new Overlay(
          new OverlaySettings(
              new NodeName("fra"),
              OWN,
              new Asn(ASN),
              OverlaySettings.Reflection.NONE,
              OverlayLimits.usual(),
              NodeCosts.equal(),
              NodeDirectory.empty()),
          bound -> 0);
  private final RouteMonitor monitor = overlay.monitor();
  private final BmpTable table =
      new BmpTable(
          new BmpFeed(monitor, new MonitoredPeers(new Asn(ASN), monitor.family()), "a test"));
  private final UpdateWriter<HostAddress> writer =
      new UpdateWriter<>(
          new Asn(ASN), new HostRouteCodec(BLOCK), monitor.family(), UpdateWriter.PathIds.PRESENT);

  private void step(OverlayEvent event) {
    for (OverlayEffect effect : overlay.step(event, 1)) {
      if (effect instanceof OverlayEffect.PathsChanged changed) {
        table.changed(changed.ownPathIds());
      }
    }
  }

  private static PeerInfo info() {
    return new PeerInfo(
        new NodeName("rr"), PEER, new TreeSet<>(List.of(SHOP)), PeerInfo.Relation.REFLECTOR);
  }

  private void connect() {
    step(new OverlayEvent.LinkUp(info(), "fp", 1, Direction.INCOMING));
    byte[] open = UpdateWriter.inventedOpen(new Asn(ASN), 0x0a200002, monitor.family(), true);
    open[HOLD_TIME_AT] = 9; // An invented one proposes none, which a session refuses.
    step(bytes(open));
    byte[] keepalive = new byte[19];
    Arrays.fill(keepalive, 0, 16, (byte) 0xff);
    keepalive[17] = 19;
    keepalive[18] = 4;
    step(bytes(keepalive));
  }

  private static OverlayEvent bytes(byte[] bytes) {
    return new OverlayEvent.Bytes(PEER, 1, bytes);
  }

  private void announce(int pathId, int med, int largeCommunities) {
    List<LargeCommunity> large = new ArrayList<>();
    for (int i = 0; i < largeCommunities; i++) {
      large.add(new LargeCommunity(65_551, med, i));
    }
    PathAttributes attributes =
        new PathAttributes(
            Origin.IGP,
            List.of(),
            Optional.of(PEER.inetAddress()),
            OptionalLong.of(med),
            OptionalLong.of(100),
            PathAttributes.Reflection.NONE,
            new PathAttributes.Communities(List.of(), large),
            OptionalLong.empty());
    UpdateMessage<HostAddress> update =
        new UpdateMessage<>(
            List.of(),
            List.of(new Nlri<>(SHOP, pathId)),
            Optional.of(attributes),
            List.of(),
            Optional.empty());
    writer.write(update).forEach(each -> step(bytes(each)));
  }

  private void fill() {
    for (int id = 1; id <= PATHS; id++) {
      announce(id, 7, 0);
    }
    assertThat(overlay.route(SHOP).orElseThrow().paths()).hasSize(PATHS);
  }

  /** Sends all there is; no slice may show or send more than it may cost. */
  private long tellAll() {
    long messages = 0;
    while (table.hasMore()) {
      long before = monitor.pathsShown();
      List<byte[]> slice = table.slice(1);
      assertThat(monitor.pathsShown() - before).isLessThanOrEqualTo(MOST_SHOWN);
      assertThat(slice.stream().mapToLong(each -> each.length).sum())
          .isLessThan(BmpTable.SLICE_COST * 64 + LARGEST_MESSAGE_BYTES);
      messages += slice.size();
    }
    return messages;
  }

  @Test
  void theDumpOfOneHostIsCutIntoSlices() {
    connect();
    fill();
    long before = monitor.pathsShown();
    int slices = 0;
    while (table.hasMore()) {
      table.slice(1);
      slices++;
    }
    assertThat(slices).isGreaterThan(PATHS / BmpTable.SLICE_COST);
    assertThat(monitor.pathsShown() - before)
        .as("each path once, and the node's own")
        .isEqualTo(PATHS + 1);
  }

  /**
   * TABLE_DUMP_V2 counts the entries of a record behind the header, the sequence and the prefix.
   */
  private static int entries(byte[] record) {
    return ByteBuffer.wrap(record).getShort(12 + 4 + 5) & 0xffff;
  }

  @Test
  void aTableDumpHasEveryPathOfOneHostInRecordsOfASliceEach() {
    connect();
    fill();
    MonitoredPeers peers = new MonitoredPeers(new Asn(ASN), monitor.family());
    byte[] open = UpdateWriter.inventedOpen(new Asn(ASN), 0x0a200002, monitor.family(), true);
    peers.add(
        new MonitoringEvent.PeerUp(
            info(), 1, new Negotiated(9, 0x0a200002, 1, 0, 0, true, 4096), open, open),
        Optional.empty(),
        1);
    MrtTable dump = new MrtTable(monitor, peers, new MrtTable.DumpTime(1, 1));
    List<byte[]> records = new ArrayList<>();
    while (dump.hasMore()) {
      long before = monitor.pathsShown();
      records.addAll(dump.slice());
      assertThat(monitor.pathsShown() - before).isLessThanOrEqualTo(MrtTable.SLICE_PATHS);
    }
    // The first is the index of peers, the second this node's own identity.
    assertThat(records.subList(1, records.size()).stream().mapToInt(BmpTableTest::entries).sum())
        .isEqualTo(1 + PATHS);
    assertThat(records.size()).isGreaterThan(PATHS / MrtTable.SLICE_PATHS);
  }

  @Test
  void aPathThatChangesCostsOnePathHoweverManyItsHostHas() {
    monitor.wantChanges(true);
    connect();
    long before = monitor.pathsShown();
    fill();
    tellAll();
    for (int id = 1; id <= PATHS; id++) {
      announce(id, 8, 0);
      tellAll();
    }
    assertThat(monitor.pathsShown() - before)
        .as("the table once, then each change once")
        .isLessThan(2L * PATHS + 10);
  }

  @Test
  void attributesThatNoneSharesFillASliceSoonerThanPathsDo() {
    monitor.wantChanges(true);
    connect();
    for (int i = 0; i < 1_000; i++) {
      announce(1 + i, i, OverlayLimits.ATTRIBUTE_ITEMS - 1);
    }
    assertThat(tellAll()).isGreaterThan(1_000);
  }

  @Test
  void anIdentifierThatPassesToAnotherHostIsWithdrawnFromTheFirst() {
    monitor.wantChanges(true);
    connect();
    announce(1, 7, 0);
    tellAll();
    UpdateMessage<HostAddress> gone =
        new UpdateMessage<>(
            List.of(new Nlri<>(SHOP, 1)), List.of(), Optional.empty(), List.of(), Optional.empty());
    writer.write(gone).forEach(each -> step(bytes(each)));
    step(new OverlayEvent.Originate(BLOCK.parseHost("10.32.1.99"), io.landfall.core.Signal.UP, 0));
    // Both at once: the station saw neither yet, and the second has the first's identifier.
    List<byte[]> messages = table.slice(1);
    assertThat(messages).hasSize(2);
    byte[] shop = SHOP.bytes();
    byte[] withdrawal = messages.getFirst();
    assertThat(Arrays.copyOfRange(withdrawal, withdrawal.length - 6, withdrawal.length - 2))
        .as("a withdrawal ends with the prefix and no attributes")
        .isEqualTo(shop);
  }
}
