package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
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

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "9z", "a.b-c_d", "a."})
  void aTrustDomainMayHaveLowerCaseDigitsAndThreeSigns(String domain) {
    assertThat(new TrustDomain(domain)).hasToString(domain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".a", "-a", "_a", "A", "aA", "a/b", "a:b", "a`", "a{", "a b", "\u00e9"})
  void nothingElseIsATrustDomain(String domain) {
    assertThatThrownBy(() -> new TrustDomain(domain)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTrustDomainHasAtMost255Characters() {
    assertThat(new TrustDomain("a".repeat(255)).value()).hasSize(255);
    assertThatThrownBy(() -> new TrustDomain("a".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDnsNameEntitlesToTheServiceInFrontOfThisDomainOnly() {
    TrustDomain domain = new TrustDomain("cdn.example");
    ServiceName shop = new ServiceName("shop");
    assertThat(domain.serviceOf(domain.dnsNameOf(shop))).contains(shop);
    for (String other :
        new String[] {
          "shop.service.evilcdn.example", "shop.cdn.example", ".service.cdn.example", "cdn.example"
        }) {
      assertThat(domain.serviceOf(other)).as(other).isEmpty();
    }
  }
}
