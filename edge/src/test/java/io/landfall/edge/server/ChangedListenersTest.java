package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Listeners come, change and go while the edge runs; who is connected elsewhere does not notice.
 */
class ChangedListenersTest {
  private static final InetSocketAddress FIRST = any("127.0.0.1");
  private static final InetSocketAddress SECOND = any("127.0.0.2");
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private final TestBackend backend = TestBackend.saying("ok");
  private final TestSite fra =
      new TestSite("fra", 1, TestSite.listening(EdgeListener.plain(FIRST)));

  ChangedListenersTest() {
    fra.publish(Signal.UP, backends(backend));
  }

  @AfterEach
  void stop() {
    fra.close();
    backend.close();
  }

  private static InetSocketAddress any(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 0);
  }

  private ListenerChange.Prepared prepared(EdgeListener... wanted) {
    return (ListenerChange.Prepared) fra.edge().prepare(List.of(wanted));
  }

  @Test
  void aNewListenerAcceptsAndConnectionsOfTheOtherGoOn() {
    RawClient before = new RawClient(fra.http()).send(GET);
    assertThat(before.read().status()).isEqualTo(200);
    prepared(EdgeListener.plain(FIRST), EdgeListener.plain(SECOND)).apply();

    assertThat(fra.edge().addresses()).hasSize(2);
    InetSocketAddress added = fra.edge().addresses().get(1);
    assertThat(RawClient.get(added, "shop.test", "/").status()).isEqualTo(200);
    assertThat(before.send(GET).read().field("connection")).isNotEqualTo(Optional.of("close"));
    assertThat(before.send(GET).read().status()).isEqualTo(200);
    before.close();
  }

  @Test
  void aListenerThatGoesAcceptsNobodyAndItsConnectionsEndWithTheirNextAnswer() {
    InetSocketAddress gone = fra.http();
    prepared(EdgeListener.plain(FIRST), EdgeListener.plain(SECOND)).apply();
    InetSocketAddress stays = fra.edge().addresses().get(1);
    RawClient ofGone = new RawClient(gone).send(GET);
    RawClient ofOther = new RawClient(stays).send(GET);
    assertThat(ofGone.read().status()).isEqualTo(200);
    assertThat(ofOther.read().status()).isEqualTo(200);

    prepared(EdgeListener.plain(SECOND)).apply();
    TestSite.await("it is closed", () -> isRefused(gone));

    RawClient.Answer last = ofGone.send(GET).read();
    assertThat(last.status()).isEqualTo(200);
    assertThat(last.field("connection")).hasValue("close");
    assertThat(ofGone.isEnded()).isTrue();
    assertThat(ofOther.send(GET).read().field("connection")).isNotEqualTo(Optional.of("close"));
    assertThat(fra.edge().addresses()).containsExactly(stays);
    ofGone.close();
    ofOther.close();
  }

  private static boolean isRefused(InetSocketAddress at) {
    try (Socket socket = new Socket()) {
      socket.connect(at);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void whatWasPreparedAndIsNotWantedIsClosedAndNothingWasAccepted() {
    ListenerChange.Prepared never = prepared(EdgeListener.plain(FIRST), EdgeListener.plain(SECOND));
    never.abandon();

    assertThat(fra.edge().addresses()).hasSize(1);
    assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
  }

  @Test
  void anAddressThatSomebodyElseHasIsNamedAndNothingChanges() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.3"))) {
      InetSocketAddress taken = (InetSocketAddress) other.getLocalSocketAddress();

      assertThat(
              fra.edge()
                  .prepare(
                      List.of(
                          EdgeListener.plain(FIRST),
                          EdgeListener.plain(SECOND),
                          EdgeListener.plain(taken))))
          .isInstanceOfSatisfying(
              ListenerChange.CannotOpen.class,
              no -> {
                assertThat(no.listener()).isEqualTo(taken);
                assertThat(no.why()).contains("in use");
              });
      assertThat(fra.edge().addresses()).hasSize(1);
    }
  }

  @Test
  void otherSettingsOfAListenerAreThoseOfTheConnectionsThatComeFromThenOn() {
    RawClient before = new RawClient(fra.http()).send(GET);
    assertThat(before.read().status()).isEqualTo(200);
    prepared(EdgeListener.plain(FIRST).withoutHttp2()).apply();

    assertThat(fra.edge().addresses()).containsExactly(fra.http());
    assertThat(before.send(GET).read().status()).isEqualTo(200);
    RawClient http2 = new RawClient(fra.http()).send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assertThat(http2.read().status()).isGreaterThanOrEqualTo(400);
    before.close();
    http2.close();
  }

  @Test
  void afterTheEdgeHasClosedNothingIsAcceptedAnyMore() {
    ListenerChange.Prepared late = prepared(EdgeListener.plain(FIRST), EdgeListener.plain(SECOND));
    InetSocketAddress http = fra.http();
    fra.edge().drain();
    late.apply();

    assertThatThrownBy(() -> new Socket(http.getAddress(), http.getPort()))
        .isInstanceOf(ConnectException.class);
  }
}
