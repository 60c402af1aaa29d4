package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The table read in slices shows each route once. */
class TableSlicesTest {
  private static final int HOSTS = 3;

  private final OverlaySettings config =
      OverlayNet.meshMember(
          new NodeName("fra"), OverlayNet.host("10.32.0.1"), new Asn(OverlayNet.ASN));
  private final Rib rib = new Rib(config, bound -> 0);
  private final LocalServices services = new LocalServices(config, rib);

  private static HostAddress host(int index) {
    return OverlayNet.BLOCK.host(256 + 20 * index);
  }

  private OptionalInt slice(int from, int budget, List<HostAddress> shown) {
    return rib.forSomeHosts(from, budget, host -> shown.add(host.address));
  }

  /** A host with one path costs two: itself, and its path. */
  @Test
  void aSliceEndsWhereItsBudgetIsSpent() {
    for (int i = 0; i < HOSTS; i++) {
      services.set(host(i), Signal.UP, 0, 1);
    }
    for (int budget = 1; budget <= 2 * HOSTS; budget++) {
      List<HostAddress> shown = new ArrayList<>();
      OptionalInt next = slice(0, budget, shown);
      int hosts = (budget + 1) / 2;
      assertThat(shown).as("budget %s", budget).hasSize(hosts).isSorted();
      assertThat(next)
          .isEqualTo(hosts == HOSTS ? OptionalInt.empty() : OptionalInt.of(host(hosts).offset()));
      next.ifPresent(from -> slice(from, 100, shown));
      assertThat(shown).hasSize(HOSTS).doesNotHaveDuplicates();
    }
  }

  @Test
  void bothFormsOfTheTableAreReadInSlicesToo() {
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
    for (int i = 0; i < FedOverlay.SERVICES; i++) {
      for (int id = 1; id <= OverlayLimits.PATHS_PER_HOST_OF_A_NODE; id++) {
        one.announce(FedOverlay.attributes(id), FedOverlay.service(i), id);
      }
    }
    List<HostAddress> routes = new ArrayList<>();
    List<HostAddress> details = new ArrayList<>();
    OptionalInt next = OptionalInt.of(0);
    while (next.isPresent()) {
      next = one.overlay.someRoutes(next.getAsInt(), route -> routes.add(route.host()));
    }
    next = OptionalInt.of(0);
    while (next.isPresent()) {
      next = one.overlay.queries().someRoutes(next.getAsInt(), route -> details.add(route.host()));
    }
    assertThat(routes).hasSize(FedOverlay.SERVICES + 1).isSorted().doesNotHaveDuplicates();
    assertThat(details).isEqualTo(routes);
    assertThat(one.overlay.queries().routes()).hasSize(FedOverlay.SERVICES + 1);
  }
}
