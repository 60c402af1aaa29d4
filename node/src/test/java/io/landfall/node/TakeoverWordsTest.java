package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.ListeningSocket;
import io.landfall.core.ListeningSocket.Use;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What two processes write to each other about listening sockets. */
class TakeoverWordsTest {
  private static ListeningSocket socket(Use use, String address, int port, String... keyed) {
    return new ListeningSocket(
        use,
        new InetSocketAddress(InetAddress.ofLiteral(address), port),
        -1,
        Set.of(keyed).stream().map(InetAddress::ofLiteral).collect(Collectors.toSet()));
  }

  @Test
  void listeningSocketsAreReadAsTheyWereWritten() throws IOException {
    List<ListeningSocket> all =
        List.of(
            socket(Use.CLIENTS, "192.0.2.1", 443),
            socket(Use.OVERLAY, "2001:db8::1", 8443),
            socket(Use.NEIGHBORS, "192.0.2.1", 179, "192.0.2.9", "192.0.2.7"),
            socket(Use.SERVICE_HOSTS, "2001:db8::1", 179, "2001:db8::7"));
    String text = TakeoverWords.of(all);
    assertThat(text)
        .startsWith("CLIENTS=192.0.2.1:443 ")
        .contains(" NEIGHBORS=192.0.2.1:179/192.0.2.7,192.0.2.9 ");
    for (int i = 0; i < all.size(); i++) {
      assertThat(TakeoverWords.listening(TakeoverWords.words(text).get(i))).isEqualTo(all.get(i));
    }
  }

  @Test
  void whatIsNoListeningSocketIsRefused() {
    for (String text :
        List.of(
            "",
            "CLIENTS",
            "CLIENTS=1",
            "X=192.0.2.1:1",
            "CLIENTS=192.0.2.1:x",
            "CLIENTS=a:1",
            "CLIENTS=192.0.2.1:70000",
            "NEIGHBORS=192.0.2.1:179/",
            "NEIGHBORS=192.0.2.1:179/b")) {
      assertThatThrownBy(() -> TakeoverWords.listening(text))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessage("'" + text + "' is no listening socket");
    }
  }
}
