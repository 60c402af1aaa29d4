package io.landfall.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.metrics.MetricsSource.WatchCount;
import io.landfall.bgp.Family;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.UpdateWriter;
import io.landfall.config.WatchConfig;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.node.ControlLoop;
import io.landfall.node.watch.BmpSink.Manner;
import io.landfall.node.watch.BmpSink.Message;
import io.landfall.overlay.MonitoringEvent;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.transport.Sockets;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stations over real sockets: what they are told, and what they cannot do to the node. */
class RouteMonitoringTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/16");
  private static final int ASN = (int) 4_200_000_000L;
  private static final HostAddress OWN = BLOCK.parseHost("10.32.0.1");
  private static final PeerInfo NYC =
      new PeerInfo(
          new NodeName("nyc"),
          BLOCK.parseHost("10.32.0.2"),
          new TreeSet<>(),
          PeerInfo.Relation.MESH);
  private static final byte[] OPEN =
      UpdateWriter.inventedOpen(new Asn(ASN), 0x0a200002, Family.IPV4_UNICAST, false);
  private static final byte[] END_OF_RIB = {0, 23, 2, 0, 0, 0, 0};

  private final EventLoopGroup loops = Sockets.loops(1, "test-control");
  private final AtomicBoolean broken = new AtomicBoolean();
  private final ControlLoop control = new ControlLoop(loops.next(), () -> broken.set(true));
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
  private final List<AutoCloseable> open = new ArrayList<>();
  private RouteMonitoring watching = watching(List.of());

  private RouteMonitoring watching(List<WatchConfig.Station> stations) {
    return new RouteMonitoring(
        new WatchConfig(stations, Optional.empty()), overlay.monitor(), control, "a test");
  }

  private static WatchConfig.Station station(InetSocketAddress at) {
    return new WatchConfig.Station(at, 1_000, 1 << 20);
  }

  private BmpSink watchedBy(Manner... manners) {
    BmpSink sink = BmpSink.onLoopback(manners);
    open.add(sink);
    watching = watching(List.of(station(sink.address())));
    onControl(
        () -> {
          watching.start();
          return true;
        });
    return sink;
  }

  @AfterEach
  void nothingStays() throws Exception {
    onControl(
        () -> {
          watching.stop("over");
          return true;
        });
    for (AutoCloseable each : open) {
      each.close();
    }
    loops.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    assertThat(broken).isFalse();
  }

  private <T> T onControl(Callable<T> what) {
    return control.ask(what).orTimeout(30, TimeUnit.SECONDS).join();
  }

  private void step(OverlayEvent event) {
    onControl(
        () -> {
          for (OverlayEffect effect : overlay.step(event, control.monotonicNanos())) {
            if (effect instanceof OverlayEffect.PathsChanged changed) {
              watching.pathsChanged(changed.ownPathIds());
            }
          }
          return true;
        });
  }

  private void see(MonitoringEvent what) {
    onControl(
        () -> {
          watching.seen(what, Optional.empty());
          return true;
        });
  }

  private void peerComesUp() {
    see(
        new MonitoringEvent.PeerUp(
            NYC, 1, new Negotiated(9, 0x0a200002, 1, 0, 0, true, 4096), OPEN, OPEN));
  }

  private static void until(String what, BooleanSupplier condition, Object seen) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not seen: " + what + "\nlast: " + seen);
      }
      // Between two looks at the condition, which alone ends the wait.
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static BmpSink.Heard connection(BmpSink sink, int number) {
    until("connection " + number, () -> sink.connections.size() > number, sink);
    return sink.connections.get(number);
  }

  private static void awaitEndOfDump(BmpSink sink, BmpSink.Heard heard) {
    until(
        "End-of-RIB of the Loc-RIB",
        () ->
            heard.of(Message.ROUTES).stream().anyMatch(m -> m.isLocRib() && m.contains(END_OF_RIB)),
        sink);
  }

  private long count(String what) {
    return onControl(
        () ->
            watching.counts().stream()
                .filter(count -> count.what().equals(what))
                .mapToLong(WatchCount::count)
                .sum());
  }

  @Test
  void aStationHearsWhoSpeaksWhoIsUpTheTableAndItsEnd() {
    step(new OverlayEvent.Originate(BLOCK.parseHost("10.32.1.10"), Signal.UP, 7));
    BmpSink sink = watchedOnceThePeerIsUp();
    BmpSink.Heard heard = connection(sink, 0);
    awaitEndOfDump(sink, heard);

    List<Message> messages = heard.messages;
    assertThat(messages.getFirst().type()).isEqualTo(Message.INITIATION);
    assertThat(messages.get(1).isLocRib()).isTrue();
    assertThat(messages.get(1).type()).isEqualTo(Message.UP);
    assertThat(messages.get(2).type()).isEqualTo(Message.UP);
    assertThat(messages.get(2).contains(OPEN)).isTrue();
    assertThat(heard.of(Message.ROUTES).stream().filter(m -> m.contains(host("10.32.1.10"))))
        .as("the service, in the Loc-RIB and nowhere else")
        .singleElement()
        .matches(Message::isLocRib);
    assertThat(
            heard.of(Message.ROUTES).stream().filter(m -> !m.isLocRib() && m.contains(END_OF_RIB)))
        .as("End-of-RIB of the peer")
        .hasSize(1);
  }

  private BmpSink watchedOnceThePeerIsUp() {
    BmpSink sink = BmpSink.onLoopback();
    open.add(sink);
    watching = watching(List.of(station(sink.address())));
    peerComesUp();
    onControl(
        () -> {
          watching.start();
          return true;
        });
    return sink;
  }

  private static byte[] host(String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    return ByteBuffer.allocate(5).put((byte) 32).put(bytes).array();
  }

  @Test
  void aRouteThatChangesIsToldOnceAndAWithdrawalNamesItsPath() {
    // The first step brings the node's own identity, which is not the matter here.
    step(new OverlayEvent.LocalServicesEvaluated());
    BmpSink live = watchedBy();
    BmpSink.Heard heard = connection(live, 0);
    awaitEndOfDump(live, heard);
    int before = heard.of(Message.ROUTES).size();
    HostAddress shop = BLOCK.parseHost("10.32.1.10");
    step(new OverlayEvent.Originate(shop, Signal.UP, 7));
    until("the service", () -> heard.of(Message.ROUTES).size() > before, live);
    step(new OverlayEvent.Originate(shop, Signal.UP, 7));
    step(new OverlayEvent.Originate(shop, Signal.DOWN, 0));
    until("its withdrawal", () -> heard.of(Message.ROUTES).size() > before + 1, live);

    byte[] announced = heard.of(Message.ROUTES).get(before).rest();
    byte[] withdrawn = heard.of(Message.ROUTES).get(before + 1).rest();
    assertThat(withdrawn[20]).as("bytes of withdrawn routes").isEqualTo((byte) 9);
    int pathId = ByteBuffer.wrap(announced).getInt(announced.length - 9);
    assertThat(ByteBuffer.wrap(withdrawn).getInt(21)).as("the same path").isEqualTo(pathId);
  }

  @Test
  void updatesOfAPeerArePassedOnAsTheyCameAndItsEndToo() {
    BmpSink live = watchedBy();
    BmpSink.Heard heard = connection(live, 0);
    awaitEndOfDump(live, heard);
    byte[] update = {1, 2, 3, 4};
    see(new MonitoringEvent.Update(NYC, update));
    peerComesUp();
    see(new MonitoringEvent.Update(NYC, update));
    see(
        new MonitoringEvent.PeerDown(
            NYC, new DownReason(DownReason.By.PEER, 0, 0, "cut"), new byte[0]));
    until("Peer Down", () -> !heard.of(Message.DOWN).isEmpty(), live);

    assertThat(heard.of(Message.ROUTES).stream().filter(m -> !m.isLocRib()))
        .as("not the one of a session that no station was told of")
        .singleElement()
        .satisfies(m -> assertThat(m.rest()).isEqualTo(update));
    assertThat(heard.of(Message.DOWN).getFirst().rest()).isEqualTo(new byte[] {4});
  }

  @Test
  void aStationThatReadsNothingIsCutOffAtTheBoundAndLaterToldEverythingAnew() {
    BmpSink slow = watchedBy(Manner.IS_STUCK);
    connection(slow, 0);
    peerComesUp();
    byte[] update = new byte[4_000];
    for (int i = 0; i < 64 && count("bmp_slow") == 0; i++) {
      onControl(
          () -> {
            for (int k = 0; k < 256; k++) {
              watching.seen(new MonitoringEvent.Update(NYC, update), Optional.empty());
            }
            return true;
          });
    }
    assertThat(count("bmp_slow")).isEqualTo(1);
    assertThat(count("bmp_connected")).isZero();

    BmpSink.Heard again = connection(slow, 1);
    awaitEndOfDump(slow, again);
    assertThat(again.messages.getFirst().type()).isEqualTo(Message.INITIATION);
    assertThat(again.of(Message.UP)).hasSize(2);
    assertThat(count("bmp_connected")).isEqualTo(1);
  }

  @Test
  void aStationThatTalksIsDisconnected() {
    BmpSink talking = watchedBy(Manner.TALKS);
    BmpSink.Heard heard = connection(talking, 0);
    until("it is disconnected", () -> heard.ended, talking);
    assertThat(count("bmp_disconnections")).isEqualTo(1);
    assertThat(count("bmp_slow")).isZero();
  }

  @Test
  void aStationThatIsNotThereIsTriedAgain() {
    InetSocketAddress at;
    try (BmpSink gone = BmpSink.onLoopback()) {
      at = gone.address();
    }
    watching = watching(List.of(station(at)));
    onControl(
        () -> {
          watching.start();
          return true;
        });
    until("an attempt failed", () -> count("bmp_failed_attempts") > 0, at);
    BmpSink back = new BmpSink(at);
    open.add(back);
    awaitEndOfDump(back, connection(back, 0));
  }

  @Test
  void statisticsComeInTheirTimeAndGoodbyeComesLast() {
    BmpSink live = watchedBy();
    BmpSink.Heard heard = connection(live, 0);
    until("a report", () -> !heard.of(Message.STATISTICS).isEmpty(), live);
    onControl(
        () -> {
          watching.stop("fra stops");
          return true;
        });
    until("it is over", () -> heard.ended, live);
    assertThat(heard.messages.getLast().type()).isEqualTo(Message.TERMINATION);
  }

  /** More than one slice of a dump, so that something can happen while it is made. */
  private void threeThousandServices() {
    for (int i = 0; i < 3_000; i++) {
      originate(1_000 + i);
    }
  }

  private void originate(int offset) {
    onControl(
        () ->
            overlay.step(
                new OverlayEvent.Originate(BLOCK.host(offset), Signal.UP, 0),
                control.monotonicNanos()));
  }

  /** Each answer is a copy, so that the number of those who wait bounds the memory. */
  @Test
  void noMoreThanAFewWaitForADump() {
    threeThousandServices();
    List<CompletableFuture<List<byte[]>>> dumps =
        onControl(
            () -> {
              List<CompletableFuture<List<byte[]>>> asked = new ArrayList<>();
              for (int i = 0; i <= TableDumps.MAX_WAITING + 1; i++) {
                asked.add(watching.tableDump());
              }
              return asked;
            });
    assertThat(dumps.removeLast())
        .failsWithin(java.time.Duration.ofSeconds(30))
        .withThrowableThat()
        .withMessageContaining("try again");
    dumps.forEach(
        dump -> assertThat(dump.orTimeout(30, TimeUnit.SECONDS).join()).hasSize(1 + 1 + 3_000));
  }

  @Test
  void whoAsksWhileADumpIsMadeSharesTheNextWhichIsNotOlderThanTheQuestion() {
    threeThousandServices();
    List<CompletableFuture<List<byte[]>>> dumps =
        onControl(
            () -> {
              List<CompletableFuture<List<byte[]>>> asked = new ArrayList<>();
              for (int i = 0; i < 4; i++) {
                asked.add(watching.tableDump());
              }
              asked.get(3).cancel(false);
              // After the questions, before the second slice of the first dump; in its first one.
              control.execute(
                  () -> {
                    assertThat(asked.getFirst()).isNotDone();
                    var _ =
                        overlay.step(
                            new OverlayEvent.Originate(BLOCK.host(900), Signal.UP, 0),
                            control.monotonicNanos());
                  });
              return asked;
            });
    List<byte[]> first = dumps.get(0).orTimeout(30, TimeUnit.SECONDS).join();
    List<byte[]> second = dumps.get(1).orTimeout(30, TimeUnit.SECONDS).join();
    assertThat(first).hasSize(1 + 1 + 3_000);
    assertThat(second).hasSize(1 + 1 + 3_001);
    assertThat(dumps.get(2).join()).as("one dump for both").isSameAs(second);
    assertThat(watching.tableDump().orTimeout(30, TimeUnit.SECONDS).join())
        .as("and nobody blocks the next")
        .hasSize(1 + 1 + 3_001);
  }

  @Test
  void aTableThatIsTooLargeIsSaidToEverybodyWhoWaitsAndTheNextIsTriedAnew() {
    threeThousandServices();
    TableDumps dumps =
        new TableDumps(
            overlay.monitor(),
            new MonitoredPeers(new Asn(ASN), Family.IPV4_UNICAST),
            control,
            10_000);
    for (CompletableFuture<List<byte[]>> dump : List.of(dumps.dump(), dumps.dump(), dumps.dump())) {
      assertThat(dump)
          .failsWithin(30, TimeUnit.SECONDS)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(TableDumps.NoDump.class)
          .withMessageContaining("the table needs more than 10000 bytes; use watch.bmp instead");
    }
  }

  @Test
  void aDumpIsAnIndexAndARecordForEachHost() {
    threeThousandServices();
    List<byte[]> records = watching.tableDump().orTimeout(30, TimeUnit.SECONDS).join();
    assertThat(records).hasSize(1 + 1 + 3_000);
    assertThat(records.getFirst()).as("PEER_INDEX_TABLE").containsSequence(0, 13, 0, 1);
    assertThat(records.getLast()).as("RIB_IPV4_UNICAST").containsSequence(0, 13, 0, 2);
  }
}
