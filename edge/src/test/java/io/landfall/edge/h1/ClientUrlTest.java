package io.landfall.edge.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A URL is taken or refused, and routed, as the request for it would be. */
class ClientUrlTest {
  @Test
  void whatTheEdgeTakesIsTaken() {
    assertThat(ClientUrl.read("http://raw.lab./x"))
        .isEqualTo(new ClientUrl.Taken("raw.lab.", "raw.lab", "/x"));
    assertThat(ClientUrl.read("https://my_app.lab"))
        .isEqualTo(new ClientUrl.Taken("my_app.lab", "my_app.lab", "/"));
    assertThat(ClientUrl.read("http://RAW.lab:8080/?a|b"))
        .isEqualTo(new ClientUrl.Taken("raw.lab:8080", "raw.lab", "/?a|b"));
    assertThat(ClientUrl.read("HTTP://raw.lab/?%zz"))
        .isEqualTo(new ClientUrl.Taken("raw.lab", "raw.lab", "/?%zz"));
    assertThat(ClientUrl.read("http://[2001:db8::1]:80/"))
        .isEqualTo(new ClientUrl.Taken("[2001:db8::1]:80", "[2001:db8::1]", "/"));
  }

  @Test
  void whatNeedsNoEncodingIsDecodedOnceAsForRouting() {
    assertThat(ClientUrl.read("http://raw.lab/%61%2561?%61"))
        .isEqualTo(new ClientUrl.Taken("raw.lab", "raw.lab", "/a%2561?%61"));
  }

  @Test
  void aFragmentStaysWithTheClient() {
    assertThat(ClientUrl.read("http://raw.lab/x#y"))
        .isEqualTo(new ClientUrl.Taken("raw.lab", "raw.lab", "/x"));
  }

  @Test
  void whatTheEdgeRefusesIsRefusedWithItsRule() {
    for (String bad :
        List.of(
            "ftp://raw.lab/",
            "http:///x",
            "http://user@raw.lab/",
            "http://raw.lab/a b",
            "http://raw.lab/\u00e4",
            "http://raw.lab/\u0141",
            "http://raw.lab:port/",
            "http://raw.lab/ HTTP/1.1\r\nHost: other\r\n\r\n")) {
      assertThat(ClientUrl.read(bad))
          .as(bad)
          .isInstanceOfSatisfying(
              ClientUrl.Refused.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.why()).isNotBlank();
              });
    }
  }
}
