package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionState;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.PeerInfo;
import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A peer that keeps its session alive and never reads, on a real TCP connection to a reflector: it
 * is cut by the send hold timer (RFC 9687), costs a bounded amount of memory until then, and the
 * other peers' tables change meanwhile as if it were not there.
 */
class StuckPeerTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/16");
  private static final HostAddress REFLECTOR = BLOCK.host(250);
  private static final HostAddress FEEDER = BLOCK.host(1);
  private static final HostAddress STUCK = BLOCK.host(2);
  private static final HostAddress GOOD = BLOCK.host(3);
  private static final InetAddress HERE = InetAddress.ofLiteral("127.62.0.1");
  private static final int HOSTS = 32_768;
  private static final int HOSTS_PER_MESSAGE = 800;

  /** Rounds of changes that fill every buffer between the two sides, and as many again. */
  private static final int ROUNDS = 60;

  private static final int HOLD_SECONDS = 5;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private PlainOverlay reflector;
  private int port;

  @BeforeEach
  void reflector() {
    List<io.landfall.node.peering.PlainNeighbor> clients = new ArrayList<>();
    for (HostAddress client : List.of(FEEDER, STUCK, GOOD)) {
      clients.add(
          PlainOverlay.neighbor(
              client, address(client), PeerInfo.Relation.CLIENT, Optional.empty()));
    }
    reflector = new PlainOverlay(REFLECTOR, true, HOLD_SECONDS, clients);
    toClose.add(reflector);
    port = reflector.listen(HERE);
    reflector.start();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private static InetAddress address(HostAddress node) {
    return InetAddress.ofLiteral("127.62.0." + (10 + node.offset()));
  }

  /** A client by hand, which keeps its session alive and reads only when it is told to. */
  private final class Client implements AutoCloseable {
    final Socket socket = new Socket();
    private final OutputStream out;
    private final ScheduledExecutorService keepalives =
        Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().daemon().unstarted(work));
    volatile int lastTier = -1;
    volatile int prefixesOfLastTier;
    volatile boolean ended;

    Client(HostAddress identity, int receiveBuffer) throws IOException {
      toClose.add(this);
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.bind(new InetSocketAddress(address(identity), 0));
      socket.connect(new InetSocketAddress(HERE, port));
      out = socket.getOutputStream();
      say(BgpBytes.open(Octets.ipv4(identity.toString())));
      say(BgpMessages.keepalive());
      keepalives.scheduleAtFixedRate(
          () -> say(BgpMessages.keepalive()), 500, 500, TimeUnit.MILLISECONDS);
      Await.until(
          identity + " is established",
          () -> reflector.isEstablished(identity),
          () -> "no session");
    }

    synchronized void say(byte[] message) {
      try {
        out.write(message);
      } catch (IOException e) {
        keepalives.shutdown();
      }
    }

    Client reading() {
      Thread.ofVirtual().start(this::read);
      return this;
    }

    private void read() {
      try {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
          in.skipNBytes(16);
          int length = in.readUnsignedShort();
          int type = in.readUnsignedByte();
          ByteBuffer body = ByteBuffer.wrap(in.readNBytes(length - 19));
          if (type == BgpMessages.UPDATE) {
            update(body);
          }
        }
      } catch (IOException e) {
        ended = true;
      }
    }

    /** Counts the prefixes that came with the newest tier, which is MED. */
    private void update(ByteBuffer body) {
      int withdrawn = body.getShort();
      int attributes = body.getShort(2 + withdrawn);
      int end = 4 + withdrawn + attributes;
      for (int at = 4 + withdrawn; at < end; at += 3 + (body.get(at + 2) & 0xff)) {
        if (body.get(at + 1) == 4) {
          int tier = body.getInt(at + 3);
          int before = tier == lastTier ? prefixesOfLastTier : 0;
          prefixesOfLastTier = before + (body.limit() - end) / 5;
          lastTier = tier;
        }
      }
    }

    @Override
    public void close() {
      keepalives.shutdownNow();
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Announces every host with this tier. */
  private static void round(Client feeder, int tier) {
    byte[] attributes = BgpBytes.attributes(FEEDER.toString());
    // MED's value is the last but one attribute's.
    ByteBuffer.wrap(attributes).putInt(attributes.length - 11, tier);
    for (int first = 0; first < HOSTS; first += HOSTS_PER_MESSAGE) {
      int count = Math.min(HOSTS_PER_MESSAGE, HOSTS - first);
      ByteBuffer nlri = ByteBuffer.allocate(5 * count);
      for (int i = 0; i < count; i++) {
        nlri.put((byte) 32).put(BLOCK.host(256 + first + i).bytes());
      }
      feeder.say(BgpMessages.update(new byte[0], attributes, nlri.array()));
    }
  }

  private static void awaitRound(Client client, int tier) {
    Await.until(
        "all hosts with tier " + tier,
        () -> client.lastTier == tier && client.prefixesOfLastTier >= HOSTS,
        () -> "tier " + client.lastTier + ", " + client.prefixesOfLastTier + " prefixes");
  }

  @Test
  void aPeerThatNeverReadsIsCutAndTheOthersTablesChangeMeanwhile() throws IOException {
    Client feeder = new Client(FEEDER, 0).reading();
    Client good = new Client(GOOD, 0).reading();
    new Client(STUCK, 4_096);
    long toldBefore = -1;
    int filledAt = -1;
    for (int tier = 1; tier <= ROUNDS && reflector.isEstablished(STUCK); tier++) {
      round(feeder, tier);
      awaitRound(good, tier);
      long told = reflector.peer(STUCK).counters().sent().announcements();
      if (told == toldBefore && filledAt < 0) {
        filledAt = tier;
      }
      if (filledAt > 0) {
        assertThat(told).as("nothing is queued for it in round %s", tier).isEqualTo(toldBefore);
      }
      toldBefore = told;
    }
    assertThat(filledAt).as("its stream was full at some time").isPositive();
    Await.until(
        "the stuck peer is cut",
        () -> !reflector.isEstablished(STUCK),
        () -> reflector.peer(STUCK).toString());
    assertThat(reflector.peer(STUCK).lastDown().orElseThrow())
        .satisfies(
            reason -> {
              assertThat(reason.byPeer()).isFalse();
              assertThat(reason.code()).as("Send Hold Timer Expired").isEqualTo(8);
            });
    // What waited for it is bounded by the water mark of its stream and one drain's routes.
    assertThat(toldBefore).isLessThan((long) ROUNDS * HOSTS);
    assertThat(OverlayLimits.usual().routesPerDrain()).isLessThan(HOSTS);

    round(feeder, ROUNDS + 1);
    awaitRound(good, ROUNDS + 1);
    for (HostAddress other : List.of(FEEDER, GOOD)) {
      assertThat(reflector.peer(other).state()).isEqualTo(SessionState.ESTABLISHED);
      assertThat(reflector.peer(other).lastDown()).isEmpty();
      assertThat(reflector.peer(other).counters().established()).isEqualTo(1);
    }
    assertThat(good.ended).isFalse();
  }
}
