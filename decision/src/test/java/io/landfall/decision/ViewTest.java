package io.landfall.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which service a host and path belong to. */
class ViewTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  // Made for each test: a mutation of the code that makes it would not reach a static one.
  private final View view =
      view(
          service("shop", List.of("shop.example"), List.of()),
          service("cart", List.of("shop.example"), List.of("/cart", "/cart/old/")),
          service("fast", List.of("shop.example"), List.of("/cart/fast")),
          service("tenants", List.of("*.example"), List.of()),
          service("files", List.of("only.paths"), List.of("/files")));

  @Test
  void theLongestPrefixWins() {
    assertThat(find("shop.example", "/")).isEqualTo("shop");
    assertThat(find("shop.example", "/cart")).isEqualTo("cart");
    assertThat(find("shop.example", "/cart/fast/1")).isEqualTo("fast");
    assertThat(find("shop.example", "/cart/old/1")).isEqualTo("cart");
  }

  @Test
  void theLongestPrefixWinsWhateverTheNamesOfTheServices() {
    List<String> prefixes = List.of("/a", "/a/b", "/a/b/c");
    for (List<String> names : List.of(List.of("x", "y", "z"), List.of("z", "y", "x"))) {
      ServiceView[] services = new ServiceView[prefixes.size()];
      for (int i = 0; i < services.length; i++) {
        services[i] = service(names.get(i), List.of("h", "*.example"), List.of(prefixes.get(i)));
      }
      View found = view(services);
      for (String host : List.of("h", "one.example")) {
        assertThat(find(found, host, "/a/x")).isEqualTo(names.get(0));
        assertThat(find(found, host, "/a/b/x")).isEqualTo(names.get(1));
        assertThat(find(found, host, "/a/b/c/x")).isEqualTo(names.get(2));
        assertThat(find(found, host, "/x")).isEqualTo("none");
      }
    }
  }

  @Test
  void ofTwoServicesWithOneHostAndPrefixTheFirstByNameAnswers() {
    ServiceView first = service("a", List.of("h"), List.of("/p"));
    ServiceView second = service("b", List.of("h"), List.of("/q", "/p"));
    assertThat(find(view(first, second), "h", "/p")).isEqualTo("a");
    assertThat(find(view(second, first), "h", "/p")).isEqualTo("a");
  }

  @Test
  void anExactHostWhosePathsDoNotMatchLeavesTheRequestToTheWildcard() {
    View found =
        view(
            service("files", List.of("f.example"), List.of("/files")),
            service("tenants", List.of("*.example"), List.of()));
    assertThat(find(found, "f.example", "/files/1")).isEqualTo("files");
    assertThat(find(found, "f.example", "/")).isEqualTo("tenants");
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

  @Test
  void aServiceHasItsPlaceByNameWhateverTheOrderInWhichItWasGiven() {
    assertThat(view.routes().stream().map(r -> r.service().name().value()))
        .containsExactly("cart", "fast", "files", "shop", "tenants");
    for (int i = 0; i < view.routes().size(); i++) {
      assertThat(view.numberOf(view.routes().get(i).service().name())).hasValue(i);
    }
    assertThat(view.numberOf(new ServiceName("unknown"))).isEmpty();
  }

  @Test
  void theNextViewDiffersInWhatChangedOnly() {
    ServiceView down =
        new ServiceView(
            new ServiceName("cart"),
            new HostAddress(BLOCK, 100),
            List.of("shop.example"),
            List.of("/cart", "/cart/old/"),
            Signal.DOWN,
            List.of());
    View next = view.with(List.of(down));
    assertThat(next.routes().stream().map(r -> r.service().local()))
        .containsExactly(Signal.DOWN, Signal.UP, Signal.UP, Signal.UP, Signal.UP);
    assertThat(next.route("shop.example", "/cart").orElseThrow().service().local())
        .isEqualTo(Signal.DOWN);
    assertThat(view.route("shop.example", "/cart").orElseThrow().service().local())
        .isEqualTo(Signal.UP);
    assertThatThrownBy(() -> view.with(List.of(service("other", List.of("o"), List.of()))))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("other");
  }

  private static View view(ServiceView... services) {
    return View.of(new NodeName("fra"), new HostAddress(BLOCK, 1), List.of(services));
  }

  private String find(String host, String path) {
    return find(view, host, path);
  }

  private static String find(View in, String host, String path) {
    return in.route(host, path).map(r -> r.service().name().value()).orElse("none");
  }

  private static ServiceView service(String name, List<String> hosts, List<String> paths) {
    return new ServiceView(
        new ServiceName(name), new HostAddress(BLOCK, 100), hosts, paths, Signal.UP, List.of());
  }
}
