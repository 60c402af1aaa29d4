package io.landfall.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which service a host and path belong to. */
class ViewTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final View VIEW =
      View.of(
          new NodeName("fra"),
          new HostAddress(BLOCK, 1),
          List.of(
              service("shop", List.of("shop.example"), List.of()),
              service("cart", List.of("shop.example"), List.of("/cart", "/cart/old/")),
              service("fast", List.of("shop.example"), List.of("/cart/fast")),
              service("tenants", List.of("*.example"), List.of()),
              service("files", List.of("only.paths"), List.of("/files"))));

  @Test
  void theLongestPrefixWins() {
    assertThat(find("shop.example", "/")).isEqualTo("shop");
    assertThat(find("shop.example", "/cart")).isEqualTo("cart");
    assertThat(find("shop.example", "/cart/fast/1")).isEqualTo("fast");
    assertThat(find("shop.example", "/cart/old/1")).isEqualTo("cart");
  }

  @Test
  void aPrefixCoversWholeSegmentsOnly() {
    assertThat(find("shop.example", "/cartoon")).isEqualTo("shop");
    assertThat(find("shop.example", "/cart?item=1")).isEqualTo("cart");
    assertThat(find("shop.example", "/cart/fastest")).isEqualTo("cart");
  }

  @Test
  void aWildcardStandsForExactlyOneLabelAndComesAfterExactHosts() {
    assertThat(find("acme.example", "/")).isEqualTo("tenants");
    assertThat(find("a.b.example", "/")).isEqualTo("none");
    assertThat(find("example", "/")).isEqualTo("none");
    assertThat(find(".example", "/")).isEqualTo("none");
  }

  @Test
  void aHostWhosePathsDoNotMatchIsUnknown() {
    assertThat(find("only.paths", "/files/1")).isEqualTo("files");
    assertThat(find("only.paths", "/")).isEqualTo("none");
    assertThat(find("", "/")).isEqualTo("none");
  }

  @Test
  void anEmptyViewKnowsNothing() {
    View empty = View.empty(new NodeName("fra"), new HostAddress(BLOCK, 1));
    assertThat(empty.route("shop.example", "/")).isEmpty();
    assertThat(empty.routes()).isEmpty();
  }

  private static String find(String host, String path) {
    return VIEW.route(host, path).map(r -> r.service().name().value()).orElse("none");
  }

  private static ServiceView service(String name, List<String> hosts, List<String> paths) {
    return new ServiceView(
        new ServiceName(name), new HostAddress(BLOCK, 100), hosts, paths, Signal.UP, List.of());
  }
}
