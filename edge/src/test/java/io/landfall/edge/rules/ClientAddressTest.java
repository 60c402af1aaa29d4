package io.landfall.edge.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.Rules;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.Method;
import io.landfall.edge.http.RequestHead;
import io.netty.channel.local.LocalAddress;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Whose address counts, behind proxies and not. */
class ClientAddressTest {
  private static final TrustedProxies PROXIES =
      new TrustedProxies(Rules.networks("10.0.0.0/8", "2001:db8:1::/48"));

  private static String client(String remote, String... forwarded) {
    FieldLines fields = new FieldLines();
    for (String line : forwarded) {
      fields.add(FieldNames.X_FORWARDED_FOR, AsciiString.of(line));
    }
    fields.add(FieldNames.FORWARDED, AsciiString.of("for=9.9.9.9"));
    RequestHead head =
        new RequestHead(
            Method.GET,
            RequestHead.HTTP,
            AsciiString.of("a.test"),
            "a.test",
            "/",
            HttpVersion.HTTP_1_1,
            fields,
            Framing.NONE);
    InetAddress found = ClientAddress.of(head, new InetSocketAddress(remote, 1), PROXIES);
    return found == null ? "none" : found.getHostAddress();
  }

  @Test
  void aClientThatIsNoProxyIsNotBelieved() {
    assertThat(client("192.0.2.1", "9.9.9.9")).isEqualTo("192.0.2.1");
    RequestHead head =
        new RequestHead(
            Method.GET,
            RequestHead.HTTP,
            AsciiString.of("a.test"),
            "a.test",
            "/",
            HttpVersion.HTTP_1_1,
            new FieldLines(),
            Framing.NONE);
    assertThat(ClientAddress.of(head, new LocalAddress("x"), PROXIES)).isNull();
  }

  @Test
  void theLastAddressThatIsNoProxysIsTheClients() {
    assertThat(client("10.0.0.1")).isEqualTo("10.0.0.1");
    assertThat(client("10.0.0.1", "192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(client("10.0.0.1", "9.9.9.9, 192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(client("10.0.0.1", "9.9.9.9,192.0.2.1 , 10.2.2.2", "10.3.3.3"))
        .isEqualTo("192.0.2.1");
    assertThat(client("10.0.0.1", "10.2.2.2, 10.3.3.3")).isEqualTo("10.2.2.2");
    assertThat(client("2001:db8:1::1", "2001:db8:2::5")).isEqualTo("2001:db8:2:0:0:0:0:5");
  }

  @Test
  void addressesAreReadAsProxiesWriteThem() {
    assertThat(client("10.0.0.1", "192.0.2.1:4711")).isEqualTo("192.0.2.1");
    assertThat(client("10.0.0.1", "[2001:db8:2::5]:4711")).isEqualTo("2001:db8:2:0:0:0:0:5");
    assertThat(client("10.0.0.1", "[2001:db8:2::5]")).isEqualTo("2001:db8:2:0:0:0:0:5");
    assertThat(client("10.0.0.1", "::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(client("10.0.0.1", ", 192.0.2.1, ,")).isEqualTo("192.0.2.1");
  }

  @Test
  void whatIsNoAddressLeavesTheProxyThatWroteIt() {
    for (String bad :
        new String[] {"unknown", "_x", "", "192.0.2", "[::1", "a.test", "1.2.3.4.5"}) {
      assertThat(client("10.0.0.1", "9.9.9.9, " + bad + ", 10.2.2.2"))
          .as(bad)
          .isEqualTo(bad.isEmpty() ? "9.9.9.9" : "10.2.2.2");
    }
  }

  @Test
  void aChainOfProxiesIsFollowedToABound() {
    String chain = "10.1.1.1,".repeat(ClientAddress.MAX_HOPS * 100);
    assertThat(client("10.0.0.1", "192.0.2.1, " + chain)).isEqualTo("10.1.1.1");
  }
}
