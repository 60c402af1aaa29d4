package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketTextTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:8443",
    "0.0.0.0, 0.0.0.0:8443",
    "2001:db8:0:0:0:0:0:7, [2001:db8::7]:8443",
  })
  void anAddressIsWrittenAsInTheConfig(String literal, String text) {
    assertThat(SocketText.of(new InetSocketAddress(InetAddress.ofLiteral(literal), 8443)))
        .isEqualTo(text);
  }

  @Test
  void aNameThatDoesNotResolveAndNoAddressAreWrittenToo() {
    assertThat(SocketText.of(InetSocketAddress.createUnresolved("nyc.example", 8443)))
        .isEqualTo("nyc.example:8443");
    assertThat(SocketText.of(null)).isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource({
    "Connection refused: /127.0.0.1:8443, Connection refused: 127.0.0.1:8443",
    "Connection refused: localhost/127.0.0.1:8443, Connection refused: 127.0.0.1:8443",
    "Connection refused: /[2001:db8:0:0:0:0:0:7%eth0]:80, Connection refused: [2001:db8::7]:80",
    "bind(..) failed with error(-98): Address already in use, Address already in use",
    "finishConnect(..) failed: No route to host: /10.0.0.1:80, No route to host: 10.0.0.1:80",
    "nyc.example/<unresolved>:80, nyc.example:80",
    "198.51.100.0/24 and /run/10.0.0.1/socket, 198.51.100.0/24 and /run/10.0.0.1/socket",
  })
  void aMessageOfAFailureHasItsAddressesAsInTheConfig(String message, String text) {
    assertThat(SocketText.why(new IllegalStateException(message))).isEqualTo(text);
  }

  @Test
  void aFailureWithoutAMessageHasWordsToo() {
    assertThat(SocketText.why(new ClosedChannelException())).isEqualTo("the connection was closed");
    assertThat(SocketText.why(new IllegalStateException())).isEqualTo("IllegalStateException");
    assertThat(SocketText.why(null)).isEqualTo("unknown");
  }
}
