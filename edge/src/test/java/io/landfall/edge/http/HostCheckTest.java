package io.landfall.edge.http;

import static io.landfall.edge.http.MessageRulesTest.fields;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.ClientCertificate;
import io.landfall.edge.CoveredHosts;
import io.netty.util.AsciiString;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostCheckTest {
  private final HostCheck connection = new HostCheck();

  private static CoveredHosts certificate(String dnsName) {
    return CoveredHosts.of(List.of(List.of(2, dnsName)));
  }

  /** The fields of a request for a host behind the check, or the rule that refuses it. */
  private String passed(String host) {
    try {
      return connection
          .check(
              new RequestHead(
                  Method.GET,
                  RequestHead.HTTPS,
                  AsciiString.of(host),
                  host,
                  "/",
                  HttpVersion.HTTP_1_1,
                  fields(),
                  Framing.NONE))
          .fields()
          .toString();
    } catch (BadMessage e) {
      return e.rule().name();
    }
  }

  @Test
  void whereNoCertificateWasShownAnyHostIsTaken() {
    connection.event("another event");

    assertThat(passed("shop.test")).isEmpty();
  }

  @Test
  void eachRequestIsForAHostOfTheCertificate() {
    connection.event(certificate("*.shop.test"));

    for (int i = 0; i < 2; i++) {
      assertThat(passed("a.shop.test")).isEmpty();
      assertThat(passed("b.shop.test")).isEmpty();
      assertThat(passed("blog.test")).isEqualTo("HOST_NOT_CERTIFIED");
    }
  }

  @Test
  void theCertificateOfTheClientGoesWithEachRequest() {
    connection.event(new ClientCertificate(AsciiString.of(":MA==:")));

    for (int i = 0; i < 2; i++) {
      assertThat(passed("shop.test")).isEqualTo(":client-cert: :MA==:\n");
    }
  }

  @Test
  void oneConnectionHasBothCertificates() {
    connection.event(certificate("shop.test"));
    connection.event(new ClientCertificate(AsciiString.of(":MA==:")));

    assertThat(passed("shop.test")).isEqualTo(":client-cert: :MA==:\n");
    assertThat(passed("blog.test")).isEqualTo("HOST_NOT_CERTIFIED");
  }
}
