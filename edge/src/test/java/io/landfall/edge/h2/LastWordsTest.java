package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.TestSite;
import io.landfall.edge.tls.ServerNames;
import io.landfall.testkit.TrustingTls;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written last on a connection arrives, however much of it waits and whatever crosses. */
class LastWordsTest {
  private static final byte[] GET = H2Client.request("GET", "/");
  private static final int MANY = 400_000;

  private static RawFrames smallWindow() {
    return new RawFrames().settings(RawFrames.INITIAL_WINDOW_SIZE, 100);
  }

  private static boolean isLastGoAway(Frame frame) {
    return frame.type() == RawFrames.GOAWAY && RawFrames.number(frame.payload(), 0, 4) == 1;
  }

  private static List<Integer> goAways(H2Client client) {
    return client.seen().stream()
        .filter(f -> f.type() == RawFrames.GOAWAY)
        .map(Frame::error)
        .toList();
  }

  /** The window for what waits is given behind the last GOAWAY. */
  static void isWhole(H2Client client, int bytes, Runnable leave) throws Exception {
    client.send(new RawFrames().headers(1, true, GET));
    client.await(f -> f.type() == RawFrames.DATA);
    leave.run();
    client.await(LastWordsTest::isLastGoAway);
    client.send(new RawFrames().windowUpdate(0, MANY).windowUpdate(1, MANY));
    client.awaitClose();
    assertThat(client.body(1)).hasSize(bytes);
    assertThat(client.seen().getLast())
        .matches(f -> f.type() == RawFrames.DATA && (f.flags() & RawFrames.END_STREAM) != 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {30_000, 50_000, 100_000, 150_000, 191_000, 240_000, 300_000})
  void theLastResponseToAClientIsWhole(int bytes) throws Exception {
    try (TestBackend backend = TestBackend.saying("x".repeat(bytes));
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http(), smallWindow())) {
        isWhole(client, bytes, () -> fra.edge().leave());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {30_000, 50_000, 100_000, 150_000, 191_000, 240_000, 300_000})
  void theLastResponseToANodeIsWhole(int bytes) throws Exception {
    try (TestBackend backend = TestBackend.saying("x".repeat(bytes));
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client node = H2Client.open(fra.overlay(), smallWindow())) {
        isWhole(node, bytes, () -> refuse(fra.overlayChannels.getFirst()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {50_000, 150_000, 300_000})
  void theLastResponseOverTlsIsWhole(int bytes, @TempDir Path dir) throws Exception {
    TestKeys keys = new TestKeys(dir).key("shop", "-ext", "SAN=dns:shop.test");
    var usable =
        (ServerNames.Result.Usable)
            ServerNames.of(List.of(keys.identity("shop")), ServerNames.Hosts.ANY, true);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    EdgeListener tls = EdgeListener.tls(any, usable.names());
    try (TestBackend backend = TestBackend.saying("x".repeat(bytes));
        TestSite fra = new TestSite("fra", 1, TestSite.listening(tls))) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = new H2Client(overTls(fra.http()), smallWindow())) {
        isWhole(client, bytes, () -> fra.edge().leave());
      }
    }
  }

  private static Socket overTls(InetSocketAddress to) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {TrustingTls.trusting()}, null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("shop.test")));
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static void refuse(Channel channel) {
    channel.eventLoop().submit(() -> H2ServerConnections.refuse(channel)).syncUninterruptibly();
  }

  @Test
  void aClientThatIsStillSendingIsGivenTimeToRead() throws Exception {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, GET)).awaitEnd(1);
        fra.edge().leave();
        client.awaitClose();
        // Each of these would be answered with a reset, and the next one fail.
        for (int i = 0; i < 50; i++) {
          client.send(new RawFrames().windowUpdate(0, 1));
          fra.letPass(1);
        }
        assertThat(fra.edge().stats().clientConnections()).isEqualTo(1);
        fra.letPass(TimeUnit.NANOSECONDS.toMillis(H2LastWords.LINGER_NANOS) + 1_000);
        TestSite.await("no client", () -> fra.edge().stats().clientConnections() == 0);
      }
    }
  }

  @Test
  void theReasonOfAnErrorArrivesBeforeWhatTheClientGoesOnSending() throws Exception {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (H2Client client = H2Client.open(fra.http())) {
        RawFrames wrong = new RawFrames().frame(RawFrames.DATA, 0, 0, new byte[10]);
        for (int i = 0; i < 100; i++) {
          wrong.frame(RawFrames.DATA, 0, 1, new byte[16_000]);
        }
        client.send(wrong);
        client.awaitClose();
        assertThat(goAways(client)).containsExactly((int) Http2Error.PROTOCOL_ERROR.code());
      }
    }
  }

  @Test
  void anErrorBehindAGoodbyeIsTold() throws Exception {
    try (TestBackend backend = TestBackend.saying("x".repeat(50_000));
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawFrames wrong = new RawFrames().frame(RawFrames.DATA, 0, 0, new byte[10]);
      int error = (int) Http2Error.PROTOCOL_ERROR.code();
      try (H2Client first = H2Client.open(fra.http(), smallWindow());
          H2Client last = H2Client.open(fra.http(), smallWindow())) {
        first.send(new RawFrames().headers(1, true, GET)).await(f -> f.type() == RawFrames.DATA);
        last.send(new RawFrames().headers(1, true, GET)).await(f -> f.type() == RawFrames.DATA);
        fra.edge().leave();
        first.await(f -> f.type() == RawFrames.GOAWAY);
        first.send(wrong).awaitClose();
        assertThat(goAways(first)).containsExactly(0, error);
        last.await(LastWordsTest::isLastGoAway);
        last.send(wrong).awaitClose();
        assertThat(goAways(last)).containsExactly(0, 0, error);
        assertThat(isLastGoAway(last.seen().getLast())).isTrue();
      }
    }
  }
}
