package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionState;
import io.landfall.core.HostAddress;
import io.landfall.core.MedMapping;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A host may advertise other services, or its MED is read otherwise, while its session is up. */
class ConfiguredHostTest {
  private static final HostAddress SHOP = HostWire.BLOCK.parseHost("10.32.1.10");
  private static final HostAddress API = HostWire.BLOCK.parseHost("10.32.1.11");

  private static HostWire up() {
    return new HostWire(65_010, SHOP).establish();
  }

  @Test
  void whatIsTheSameChangesNothing() {
    HostWire web7 = up();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    web7.configure(MedMapping.DEFAULT, SHOP);

    assertThat(web7.facts()).isEmpty();
    assertThat(web7.refreshesReceived()).isEmpty();
    assertThat(web7.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void forAFurtherServiceAHostIsToAdvertiseAgainAndThenCounts() {
    HostWire web7 = new HostWire(65_010, SHOP).withRouteRefresh().establish();
    web7.announce("10.32.1.11/32", 100);
    assertThat(web7.facts()).isEmpty();
    web7.configure(MedMapping.DEFAULT, SHOP, API);

    assertThat(web7.refreshesReceived()).hasSize(1);
    web7.announce("10.32.1.11/32", 100);
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.11 UP tier 0");
  }

  @Test
  void aHostThatCannotBeAskedIsNoted() {
    HostWire web7 = up();
    web7.notes();
    web7.configure(MedMapping.DEFAULT, SHOP, API);

    assertThat(web7.notes()).singleElement().asString().contains("RFC 2918");
  }

  @Test
  void whatAHostMayAdvertiseNoMoreIsForgottenAndRefusedFromThenOn() {
    HostWire web7 = new HostWire(65_010, SHOP, API).establish();
    web7.announce("10.32.1.10/32", 100);
    web7.announce("10.32.1.11/32", 100);
    web7.facts();
    web7.configure(MedMapping.DEFAULT, SHOP);

    assertThat(web7.advertised()).containsOnlyKeys(SHOP);
    web7.announce("10.32.1.11/32", 300);
    assertThat(web7.facts()).isEmpty();
    assertThat(web7.refused()).containsEntry("not-configured-for-this-host", 1L);
  }

  @Test
  void anotherReadingOfMedCountsAtOnce() {
    HostWire web7 = up();
    web7.announce("10.32.1.10/32", 300);
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 UP tier 2");
    web7.configure(
        new MedMapping(new TreeMap<>(Map.of(0L, 0L)), OptionalLong.empty(), OptionalLong.of(300)),
        SHOP);

    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 DOWN tier 0");
  }
}
