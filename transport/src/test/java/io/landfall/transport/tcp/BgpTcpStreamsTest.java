package io.landfall.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Direction;
import io.landfall.transport.TestOwner;
import io.landfall.transport.tcp.BgpTcpSpec.Md5Key;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Taking connections of configured neighbours, and of nobody else; on loopback. */
class BgpTcpStreamsTest {
  private static final String HERE = "127.61.0.1";
  private static final String THERE = "127.61.0.2";

  private final TestOwner owner = new TestOwner();
  private final Recorder here = new Recorder();
  private final Recorder there = new Recorder();

  @AfterEach
  void end() {
    owner.close();
  }

  @Test
  void aNeighborHasABoundedNumberOfConnections() throws Exception {
    int port = listen(spec(THERE, 1, Optional.empty(), false));
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
    int port = listen(spec(THERE, 1, Optional.of("swordfish"), true));
    dial(spec(HERE, port, Optional.of("swordfish"), true));

    assertThat(here.next()).isEqualTo("up rr1 incoming");
    assertThat(there.next()).isEqualTo("up rr1 outgoing");
    there.send("hello");
    assertThat(here.next()).isEqualTo("bytes hello");
    here.close();
    assertThat(there.next()).startsWith("closed");
  }

  @Test
  void anotherKeyOrNoKeyIsNotHeard() throws Exception {
    int port = listen(spec(THERE, 1, Optional.of("swordfish"), false));
    dial(spec(HERE, port, Optional.of("sardine"), false));
    dial(spec(HERE, port, Optional.empty(), false));

    assertThat(here.events.poll(1_500, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void aHopLimitBelow255IsNotHeard() throws Exception {
    int port = listen(spec(THERE, 1, Optional.empty(), true));
    dial(spec(HERE, port, Optional.empty(), false));

    assertThat(here.events.poll(1_500, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void aStrangerIsClosedAtOnceAndNobodyHearsOfIt() throws Exception {
    int port = listen(spec(THERE, 1, Optional.empty(), false));
    try (Socket stranger = new Socket()) {
      stranger.bind(new InetSocketAddress("127.61.0.3", 0));
      stranger.connect(new InetSocketAddress(HERE, port));
      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(here.events).isEmpty();
  }

  @Test
  void aNeighborHasOnlySoManyConnectionsOpenAtOnce() throws Exception {
    int port = listen(spec(THERE, 1, Optional.empty(), false));
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
  void aDialThatIsUnderWayToWhomIsReachedOtherwiseHasFailedAndItsConnectionIsNotUsed()
      throws Exception {
    int port = listen(spec(THERE, 1, Optional.empty(), false));
    BgpTcpStreams dialer = streams(spec(HERE, port, Optional.empty(), false), there);
    BgpTcpSpec otherwise = spec(HERE, 1, Optional.empty(), false);
    // In one task: what the dial led to is reported behind it.
    owner.execute(
        () -> {
          dialer.dial("rr1");
          dialer.configure(Map.of("rr1", otherwise));
        });

    assertThat(there.next()).startsWith("failed");
    assertThat(here.next()).isEqualTo("up rr1 incoming");
    assertThat(here.next()).as("closed by who dialled").startsWith("closed");
    assertThat(there.events).isEmpty();
  }

  @Test
  void aConnectionStaysWhenItsNeighborIsReachedOtherwise() throws Exception {
    int port = listen(spec(THERE, 1, Optional.empty(), false));
    BgpTcpStreams dialer = streams(spec(HERE, port, Optional.empty(), false), there);
    owner.execute(() -> dialer.dial("rr1"));
    assertThat(there.next()).isEqualTo("up rr1 outgoing");
    BgpTcpSpec otherwise = spec(HERE, 1, Optional.empty(), false);
    owner.execute(() -> dialer.configure(Map.of("rr1", otherwise)));

    there.send("hello");
    assertThat(here.next()).isEqualTo("up rr1 incoming");
    assertThat(here.next()).isEqualTo("bytes hello");
  }

  /** The session takes for sent what it has written meanwhile. */
  @Test
  void whatIsWrittenWhileAnotherProcessMayTakeTheStreamIsSentWhenItDoesNot() throws Exception {
    int port = listen(spec(THERE, 1, Optional.empty(), false));
    BgpTcpStreams dialer = streams(spec(HERE, port, Optional.empty(), false), there);
    owner.execute(() -> dialer.dial("rr1"));
    assertThat(there.next()).isEqualTo("up rr1 outgoing");
    assertThat(here.next()).isEqualTo("up rr1 incoming");
    owner.execute(() -> assertThat(dialer.suspend(there.last)).isPresent());
    there.send("withdrawn ");
    there.send("announced");
    here.send("meanwhile");
    owner.execute(() -> dialer.goOn(there.last));
    StringBuilder got = new StringBuilder();
    while (got.length() < "withdrawn announced".length()) {
      got.append(here.next().substring("bytes ".length()));
    }
    assertThat(got).hasToString("withdrawn announced");
    assertThat(there.next()).isEqualTo("bytes meanwhile");
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

  private int listen(BgpTcpSpec neighbor) {
    var bound =
        streams(neighbor, here).listen(new InetSocketAddress(HERE, 0)).syncUninterruptibly();
    return ((InetSocketAddress) bound.channel().localAddress()).getPort();
  }

  private void dial(BgpTcpSpec neighbor) {
    BgpTcpStreams dialer = streams(neighbor, there);
    owner.execute(() -> dialer.dial("rr1"));
  }

  private BgpTcpStreams streams(BgpTcpSpec neighbor, Recorder recorder) {
    BgpTcpStreams streams =
        new BgpTcpStreams(
            Map.of("rr1", neighbor),
            new BgpTcpStreams.Host(owner.loops(), owner),
            BgpTcpStreams.Reading.GOES_ON,
            recorder);
    recorder.streams = Optional.of(streams);
    return streams;
  }

  private static BgpTcpSpec spec(
      String address, int port, Optional<String> key, boolean ttlSecurity) throws Exception {
    return new BgpTcpSpec(
        new InetSocketAddress(address, port),
        Optional.of(InetAddress.getByName(THERE)),
        key.map(k -> new Md5Key(k.getBytes(StandardCharsets.UTF_8))),
        ttlSecurity ? 1 : 0,
        BgpTcpSpec.Timeouts.DEFAULT);
  }

  private final class Recorder implements BgpTcpStreams.Events {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private Optional<BgpTcpStreams> streams = Optional.empty();
    private volatile long last;

    String next() throws InterruptedException {
      return String.valueOf(events.poll(20, TimeUnit.SECONDS));
    }

    void send(String text) {
      owner.execute(() -> streams.orElseThrow().write(last, text.getBytes(StandardCharsets.UTF_8)));
    }

    void close() {
      owner.execute(() -> streams.orElseThrow().close(last));
    }

    @Override
    public void opened(String neighbor, long stream, InetAddress local, Direction direction) {
      last = stream;
      events.add("up " + neighbor + (direction.isOutgoing() ? " outgoing" : " incoming"));
    }

    @Override
    public void dialFailed(String neighbor, String why) {
      events.add("failed " + why);
    }

    @Override
    public void received(long stream, byte[] bytes) {
      events.add("bytes " + new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public void filled(long stream) {}

    @Override
    public void drained(long stream) {}

    @Override
    public void ended(long stream, String why) {
      events.add("closed " + why);
    }
  }
}
