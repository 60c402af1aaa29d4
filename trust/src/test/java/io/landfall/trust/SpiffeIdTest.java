package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
  private static final SpiffeId FRA =
      new SpiffeId(new TrustDomain("cdn.example"), new NodeName("fra"));

  @Test
  void aNodeNameIsReadAndPrintedAlike() {
    assertThat(SpiffeId.read("spiffe://cdn.example/node/fra"))
        .isEqualTo(new SpiffeId.Reading.Node(FRA));
    assertThat(FRA).hasToString("spiffe://cdn.example/node/fra");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://cdn.example/node/fra/",
        "spiffe://cdn.example/node/",
        "spiffe://cdn.example/node",
        "spiffe://cdn.example/",
        "spiffe://cdn.example",
        "spiffe://cdn.example/NODE/fra",
        "spiffe://cdn.example/node/FRA",
        "spiffe://cdn.example/node/f%72a",
        "spiffe://cdn.example/node/../node/fra",
        "spiffe://cdn.example/node/fra?x",
        "spiffe://cdn.example/node/fra#x",
        "spiffe://cdn.example//node/fra",
        "spiffe://cdn.example/node/fra\n"
      })
  void anotherPathIsNoNode(String uri) {
    assertThat(SpiffeId.read(uri)).isInstanceOf(SpiffeId.Reading.NotANode.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe:",
        "spiffe://",
        "SPIFFE://cdn.example/node/fra",
        "spiffe:///node/fra",
        "spiffe://CDN.example/node/fra",
        "spiffe://cdn.example:443/node/fra",
        "spiffe://user@cdn.example/node/fra",
        "spiffe://cdn.example?x/node/fra",
        "https://cdn.example/node/fra",
        " spiffe://cdn.example/node/fra"
      })
  void anythingElseIsNoSpiffeName(String uri) {
    assertThat(SpiffeId.read(uri)).isInstanceOf(SpiffeId.Reading.Invalid.class);
  }
}
