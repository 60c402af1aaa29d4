package io.landfall.checks.drill;

import static io.landfall.checks.drill.ServiceDrillSite.API;
import static io.landfall.checks.drill.ServiceDrillSite.FRA;
import static io.landfall.checks.drill.ServiceDrillSite.NYC;
import static io.landfall.checks.drill.ServiceDrillSite.OTHERS;
import static io.landfall.checks.drill.ServiceDrillSite.SHOP;
import static io.landfall.checks.drill.ServiceDrillSite.WEB7;
import static io.landfall.checks.drill.ServiceDrillSite.WEB8;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionState;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service host that says what a transit router said in 2010: 6,546 UPDATEs of the real Internet,
 * by iBGP and by eBGP. Nothing of it gets in, and neither the node nyc nor another service host
 * hears a byte of it; {@link SocketLeakDrillLab} says the same to a node. That the same stream is
 * taken whole where nothing filters is shown by {@link LeakDrillScenario} and {@link
 * LeakDrillControlLab}.
 */
class ServiceLeakDrillScenario {
  private static final List<byte[]> INTERNET = InternetUpdates.all();
  private static final int HOST_AS = 65_010;

  private static ServiceDrillSite site(boolean internal) {
    ServiceDrillSite fra = new ServiceDrillSite(internal ? DrillSite.ASN : HOST_AS);
    fra.hear(WEB8, Wires.hosts(new byte[] {10, 0, 0, 8}, OTHERS.bytes()));
    assertThat(fra.table())
        .containsExactly(FRA + " by [" + FRA + "]", OTHERS + " by [" + FRA + "]");
    fra.forget();
    return fra;
  }

  /** An UPDATE of web7 that announces these, as a service host would. */
  private static byte[] hosts(boolean internal, byte[]... hosts) {
    byte[] nextHop = {10, 0, 0, 7};
    return internal ? Wires.hosts(nextHop, hosts) : Wires.hostsBy(HOST_AS, nextHop, hosts);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theInternetDoesNotGetInThroughAServiceHostAndNobodyHearsOfIt(boolean internal) {
    ServiceDrillSite fra = site(internal);
    List<String> before = fra.table();

    INTERNET.forEach(update -> fra.hear(WEB7, update));

    assertThat(fra.table()).isEqualTo(before);
    assertThat(fra.facts()).as("not one word").isEmpty();
    assertThat(fra.writtenToNyc()).isEmpty();
    assertThat(fra.writtenTo(WEB8)).isEmpty();
    assertThat(fra.writtenTo(WEB7)).isEmpty();
    assertThat(fra.states()).containsOnly(SessionState.ESTABLISHED).hasSize(3);
    assertThat(fra.refused("web8")).isEmpty();
    assertThat(fra.refused("web7"))
        .isEqualTo(internal ? InternetUpdates.REFUSALS : InternetUpdates.refusalsByEbgp(INTERNET));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void legalHostRoutesAmongItAreExactlyWhatIsHeard(boolean internal) {
    ServiceDrillSite fra = site(internal);
    List<String> expected = new ArrayList<>(fra.table());

    for (int i = 0; i < INTERNET.size(); i++) {
      fra.hear(WEB7, INTERNET.get(i));
      if (i == 100) {
        fra.hear(WEB7, hosts(internal, SHOP.bytes()));
      } else if (i == 6_000) {
        fra.hear(WEB7, hosts(internal, OTHERS.bytes(), API.bytes(), NYC.bytes(), FRA.bytes()));
      }
    }

    expected.add(SHOP + " by [" + FRA + "]");
    expected.add(API + " by [" + FRA + "]");
    assertThat(fra.table()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(fra.refused("web7")).containsEntry("not-configured-for-this-host", 3L);
    assertThat(fra.facts()).hasSize(2).allMatch(ServiceHostEffect.HostAdvertised.class::isInstance);
    List<String> told = new ArrayList<>();
    for (byte[] message : Wires.messages(fra.writtenToNyc())) {
      assertThat(message[18]).as("an UPDATE").isEqualTo((byte) 2);
      assertThat(Wires.prefixes(message).withdrawn()).isEmpty();
      told.addAll(Wires.prefixes(message).announced());
    }
    assertThat(told).containsExactly(SHOP + "/32", API + "/32");
    assertThat(fra.writtenTo(WEB8)).isEmpty();
    assertThat(fra.writtenTo(WEB7)).isEmpty();
    assertThat(fra.states()).containsOnly(SessionState.ESTABLISHED);
  }

  /**
   * What leaves for nyc is, byte for byte, what would leave if a probe had said so: whatever the
   * host dressed its path with.
   */
  @Test
  void theHostsPathIsNeverPassedOn() {
    ServiceDrillSite spoken = site(false);
    ByteArrayOutputStream attributes = new ByteArrayOutputStream();
    attributes.writeBytes(new byte[] {0x40, 1, 1, 2}); // ORIGIN INCOMPLETE
    attributes.writeBytes(new byte[] {0x40, 2, 10, 2, 2, 0, 0, (byte) 0xfd, (byte) 0xf2});
    attributes.writeBytes(new byte[] {0, 0, (byte) 0xfd, (byte) 0xf2}); // prepended once
    attributes.writeBytes(new byte[] {0x40, 3, 4, (byte) 203, 0, 113, 99});
    attributes.writeBytes(new byte[] {(byte) 0x80, 4, 4, 0, 0, 1, 44}); // MED 300
    attributes.writeBytes(new byte[] {(byte) 0xc0, 8, 4, (byte) 0xfd, (byte) 0xf2, 2, (byte) 0x9a});
    attributes.writeBytes(new byte[] {(byte) 0xc0, 32, 12, 0, 0, (byte) 0xfd, (byte) 0xf2});
    attributes.writeBytes(new byte[] {0, 0, 0, 6, 0, 0, 0, 6}); // large community 65010:6:6
    attributes.writeBytes(new byte[] {(byte) 0xc0, 99, 2, 6, 6}); // an unknown attribute
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {0, 0, 0, (byte) attributes.size()});
    body.writeBytes(attributes.toByteArray());
    body.write(32);
    body.writeBytes(SHOP.bytes());
    spoken.hear(WEB7, Wires.message(2, body.toByteArray()));

    ServiceDrillSite probed = site(false);
    probed.step(new OverlayEvent.Originate(SHOP, Signal.UP, 2));

    assertThat(spoken.writtenToNyc()).isNotEmpty().isEqualTo(probed.writtenToNyc());
  }
}
