package io.landfall.node.bgptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.Links;
import io.landfall.core.NodeName;
import io.landfall.core.Timers;
import io.landfall.overlay.PeerInfo;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.BgpTcpSpec.Md5Key;
import io.landfall.transport.tcp.OpenConnections;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Taking connections of configured neighbours, and of nobody else; on loopback. */
class PlainNeighborsTest {
  private static final String HERE = "127.61.0.1";
  private static final String THERE = "127.61.0.2";
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ExecutorService owner = Executors.newSingleThreadExecutor();
  private final Recorder here = new Recorder();
  private final Recorder there = new Recorder();

  @AfterEach
  void end() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    owner.shutdownNow();
  }

  @Test
  void aNeighborHasABoundedNumberOfConnections() throws Exception {
    int port = listen(neighbor(THERE, 1, Optional.empty(), false, false));
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < OpenConnections.MAX_PER_NEIGHBOR + 1; i++) {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(THERE), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(HERE), port));
        if (i < OpenConnections.MAX_PER_NEIGHBOR) {
          assertThat(here.next()).isEqualTo("up rr1 incoming");
        }
      }
      Socket last = sockets.getLast();
      last.setSoTimeout(20_000);
      assertThat(last.getInputStream().read()).isEqualTo(-1);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void aNeighborWithTheSameKeyAndHopLimitIsTakenAndBytesPass() throws Exception {
    int port = listen(neighbor(THERE, 1, Optional.of("swordfish"), true, false));
    dial(neighbor(HERE, port, Optional.of("swordfish"), true, true));

    assertThat(here.next()).isEqualTo("up rr1 incoming");
    assertThat(there.next()).isEqualTo("up rr1 outgoing");
    there.link().send("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(here.next()).isEqualTo("bytes hello");
    here.link().close("enough");
    assertThat(there.next()).startsWith("closed");
  }

  @Test
  void anotherKeyOrNoKeyIsNotHeard() throws Exception {
    int port = listen(neighbor(THERE, 1, Optional.of("swordfish"), false, false));
    dial(neighbor(HERE, port, Optional.of("sardine"), false, true));
    dial(neighbor(HERE, port, Optional.empty(), false, true));

    assertThat(here.events.poll(1_500, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void aHopLimitBelow255IsNotHeard() throws Exception {
    int port = listen(neighbor(THERE, 1, Optional.empty(), true, false));
    dial(neighbor(HERE, port, Optional.empty(), false, true));

    assertThat(here.events.poll(1_500, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void aStrangerIsClosedAtOnceAndNobodyHearsOfIt() throws Exception {
    int port = listen(neighbor(THERE, 1, Optional.empty(), false, false));
    try (Socket stranger = new Socket()) {
      stranger.bind(new InetSocketAddress("127.61.0.3", 0));
      stranger.connect(new InetSocketAddress(HERE, port));
      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(here.events).isEmpty();
  }

  @Test
  void aNeighborHasOnlySoManyConnectionsOpenAtOnce() throws Exception {
    int port = listen(neighbor(THERE, 1, Optional.empty(), false, false));
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 5 * OpenConnections.MAX_PER_NEIGHBOR; i++) {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.bind(new InetSocketAddress(THERE, 0));
        socket.connect(new InetSocketAddress(HERE, port));
        if (i >= OpenConnections.MAX_PER_NEIGHBOR) {
          socket.setSoTimeout(20_000);
          assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
      }
      assertThat(here.events.poll(20, TimeUnit.SECONDS)).isNotNull();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void aClosedConnectionGivesItsPlaceBack() {
    OpenConnections open = new OpenConnections();
    InetAddress neighbor = InetAddress.ofLiteral(THERE);
    for (int i = 0; i < OpenConnections.MAX_PER_NEIGHBOR; i++) {
      assertThat(open.enter(neighbor)).isTrue();
    }
    assertThat(open.enter(neighbor)).isFalse();
    assertThat(open.enter(InetAddress.ofLiteral(HERE))).isTrue();
    open.leave(neighbor);
    assertThat(open.enter(neighbor)).isTrue();
  }

  private int listen(PlainNeighbor neighbor) {
    var bound =
        neighbors(neighbor, here).listen(new InetSocketAddress(HERE, 0)).syncUninterruptibly();
    return ((InetSocketAddress) bound.channel().localAddress()).getPort();
  }

  private void dial(PlainNeighbor neighbor) {
    PlainNeighbors dialer = neighbors(neighbor, there);
    owner.execute(dialer::start);
  }

  private PlainNeighbors neighbors(PlainNeighbor neighbor, Recorder recorder) {
    Timers never = (delayNanos, task) -> () -> {};
    return new PlainNeighbors(
        List.of(neighbor), new PlainNeighbors.Host(loops, owner, never, bound -> 0), recorder);
  }

  private static PlainNeighbor neighbor(
      String address, int port, Optional<String> key, boolean ttlSecurity, boolean dials)
      throws Exception {
    PeerInfo peer =
        new PeerInfo(
            new NodeName("rr1"),
            BLOCK.parseHost("10.32.0.250"),
            new TreeSet<>(),
            PeerInfo.Relation.REFLECTOR);
    return new PlainNeighbor(
        peer,
        new BgpTcpSpec(
            new InetSocketAddress(address, port),
            Optional.of(InetAddress.getByName(THERE)),
            key.map(k -> new Md5Key(k.getBytes(StandardCharsets.UTF_8))),
            ttlSecurity ? 1 : 0,
            BgpTcpSpec.Timeouts.DEFAULT),
        dials);
  }

  private static final class Recorder implements PlainNeighbors.Events {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private volatile Optional<Links> last = Optional.empty();

    String next() throws InterruptedException {
      return String.valueOf(events.poll(20, TimeUnit.SECONDS));
    }

    Links link() {
      return last.orElseThrow();
    }

    @Override
    public void neighborUp(PlainNeighbor neighbor, long stream, Links link, boolean outgoing) {
      last = Optional.of(link);
      events.add("up " + neighbor.peer().name() + (outgoing ? " outgoing" : " incoming"));
    }

    @Override
    public void neighborBytes(PlainNeighbor neighbor, long stream, byte[] bytes) {
      events.add("bytes " + new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public void neighborWritable(PlainNeighbor neighbor, long stream) {}

    @Override
    public void neighborClosed(PlainNeighbor neighbor, long stream, String why) {
      events.add("closed " + why);
    }
  }
}
