package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.TrustedProxies;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a trusted proxy in front of a cached service reports of the way: the scheme is in the key,
 * and all else of that kind gets into nothing that others receive.
 */
class TrustedProxyInputsTest {
  /** What a trusted proxy may send of the way, but for the client's address. */
  private static final List<String> MARKS =
      List.of(
          "Forwarded: for=192.0.2.1;host=evil;proto=https",
          "X-Forwarded-Host: evil",
          "X-Forwarded-Port: 1",
          "X-Forwarded-Path: /evil",
          "X-Forwarded-Prefix: /evil",
          "X-Forwarded-Client-Cert: evil",
          "X-Host: evil",
          "X-Scheme: https",
          "X-Forwarded-Scheme: evil",
          "X-Forwarded-Server: evil",
          "X-Forwarded-Ssl: on",
          "X-Forwarded-Proto: evil",
          "X-Original-Host: evil",
          "X-Original-URL: /evil",
          "X-Original-URI: /evil",
          "X-Rewrite-URL: /evil",
          "X-Url-Scheme: evil",
          "Front-End-Https: on",
          "X-Real-IP: 192.0.2.1",
          "True-Client-IP: 192.0.2.1");

  private final EchoingSite site = new EchoingSite();

  @BeforeEach
  void trusts() {
    site.restart(CachePolicy.DEFAULT, trusting());
  }

  @AfterEach
  void closes() {
    site.close();
  }

  private static ClientClaims trusting() {
    return new ClientClaims(
        new TrustedProxies(
            List.of(new TrustedProxies.Network(InetAddress.getLoopbackAddress(), 8))),
        ClientClaims.Lookalikes.DROP);
  }

  @Test
  void whatATrustedProxyTellsOfTheWayIsNotSentOn() {
    for (String mark : MARKS) {
      String path = "/" + mark.substring(0, mark.indexOf(':'));
      site.send("GET " + path + " HTTP/1.1\nHost: shop.test\n" + mark + "\n\n");
      assertThat(site.assertPlain(path, mark)).as(mark).isTrue();
    }
  }

  @Test
  void theSchemeThatATrustedProxyTellsIsInTheKey() {
    for (String scheme : List.of("https", "HTTPS", "https, http")) {
      String path = "/" + scheme.length() + scheme.charAt(0);
      String secure =
          "GET " + path + " HTTP/1.1\nHost: shop.test\nX-Forwarded-Proto: " + scheme + "\n\n";
      assertThat(site.send(secure).body()).contains("x-forwarded-proto: https");
      assertThat(site.assertPlain(path, scheme)).isFalse();
      assertThat(site.send(secure).body()).contains("x-forwarded-proto: https");
    }
    int asked = site.origin.received.size();
    assertThat(
            site.send("GET /5h HTTP/1.1\nHost: shop.test\nX-Forwarded-Proto: https\n\n").status())
        .isEqualTo(200);
    assertThat(site.origin.received).as("a hit").hasSize(asked);
  }
}
