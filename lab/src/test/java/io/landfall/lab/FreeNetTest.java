package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which loopback addresses a lab takes. */
class FreeNetTest {
  private static final List<String> SITES = List.of("fra", "nyc");

  /** Far from where a lab that runs on this machine begins. */
  private static final long START = FreeNet.USUAL + 100;

  @Test
  void aLabThatIsStartedAgainHasTheAddressesThatItHad() throws IOException {
    LabPlan before;
    try (FreeNet first = FreeNet.find(SITES, START).orElseThrow()) {
      before = first.plan();
    }
    try (FreeNet again = FreeNet.find(SITES, START).orElseThrow()) {
      assertThat(again.plan().listeners()).isEqualTo(before.listeners());
    }
  }

  @Test
  void whileOneRunsAnotherTakesOthers() throws IOException {
    try (FreeNet first = FreeNet.find(SITES, START).orElseThrow();
        FreeNet second = FreeNet.find(SITES, START).orElseThrow()) {
      assertThat(second.plan().listeners()).doesNotContainAnyElementsOf(first.plan().listeners());
    }
  }

  @Test
  void theUsualAddressesAreThoseOfTheReadme() throws IOException {
    LabPlan usual = LabPlan.of(10 + (int) FreeNet.USUAL, List.of("fra", "nyc", "sin"));
    assertThat(LabPlan.text(usual.sites().getFirst().http())).isEqualTo("127.101.1.1:8080");
  }
}
