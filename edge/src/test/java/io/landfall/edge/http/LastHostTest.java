package io.landfall.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LastHostTest {
  private final LastHost hosts = new LastHost();

  @Test
  void theHostOfTheSameAuthorityIsTheSameObject() throws BadMessage {
    String first = hosts.of(AsciiString.of("Shop.Example:80"), true);

    assertThat(first).isEqualTo("shop.example");
    assertThat(hosts.of(new AsciiString("Shop.Example:80"), true)).isSameAs(first);
  }

  @Test
  void anotherAuthorityHasItsOwnHost() throws BadMessage {
    hosts.of(AsciiString.of("a.example"), true);

    assertThat(hosts.of(AsciiString.of("b.example"), true)).isEqualTo("b.example");
    assertThat(hosts.of(AsciiString.of("a.example:81"), true)).isEqualTo("a.example");
  }

  @Test
  void whatIsMalformedIsRefusedEachTimeAndForgetsNothing() throws BadMessage {
    hosts.of(AsciiString.of("a.example"), true);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> hosts.of(AsciiString.of("a b"), true))
          .isInstanceOf(BadMessage.class);
    }
    assertThat(hosts.of(AsciiString.of("a.example"), true)).isEqualTo("a.example");
  }

  @Test
  void noAuthorityIsNoHostOnlyWhereNoneIsRequired() throws BadMessage {
    hosts.of(AsciiString.of("a.example"), true);

    assertThat(hosts.of(AsciiString.EMPTY_STRING, false)).isEmpty();
    assertThatThrownBy(() -> hosts.of(AsciiString.EMPTY_STRING, true))
        .isInstanceOf(BadMessage.class);
  }

  @Test
  void whatIsKeptDoesNotChangeWithTheHeadThatItCameIn() throws BadMessage {
    byte[] head = "host: a.example\r\n".getBytes(StandardCharsets.US_ASCII);
    hosts.of(new AsciiString(head, 6, 9, false), true);
    head[6] = 'b';

    assertThat(hosts.of(AsciiString.of("b.example"), true)).isEqualTo("b.example");
  }
}
