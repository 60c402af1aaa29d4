package io.landfall.lab.internet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.lab.LabPlan;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InternetPlanTest {
  @Test
  void everyRegionHasOneNearestAndOneNextNearestSite() {
    InternetPlan plan = InternetPlan.of(List.of("fra", "nyc", "sin"));

    assertThat(nearest(plan, "fra")).containsExactly("fra", "nyc", "sin");
    assertThat(nearest(plan, "nyc")).containsExactly("nyc", "fra", "sin");
    assertThat(nearest(plan, "sin")).containsExactly("sin", "nyc", "fra");
  }

  @Test
  void aRingJoinsThreeOrMoreALineTwoAndNothingOne() {
    assertThat(InternetPlan.of(List.of("fra")).transits()).isEmpty();
    assertThat(InternetPlan.of(List.of("fra", "nyc")).transits()).hasSize(1);
    assertThat(InternetPlan.of(names(9)).transits()).hasSize(9);
  }

  @Test
  void theNextNearestSiteIsOneLinkAwayAndNoneIsAsNear() {
    for (int count = 2; count <= LabPlan.MAX_SITES; count++) {
      InternetPlan plan = InternetPlan.of(names(count));
      for (LabPlan.Site region : plan.lab().sites()) {
        LabPlan.Site next = plan.nearest(region).get(1);
        List<Integer> lengths =
            plan.transits(region).stream().map(InternetPlan.Transit::length).sorted().toList();
        assertThat(plan.transits(region))
            .anyMatch(link -> link.far(region).equals(next) && link.length() == lengths.getFirst());
        assertThat(lengths).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void noTwoHostsShareAnAddressButTheAnycastOne() {
    InternetPlan plan = InternetPlan.of(names(LabPlan.MAX_SITES));
    List<String> all =
        Stream.concat(
                plan.lab().sites().stream()
                    .flatMap(
                        site ->
                            Stream.of(
                                InternetPlan.node(site),
                                InternetPlan.router(site),
                                InternetPlan.client(site),
                                InternetPlan.clientGateway(site))),
                plan.transits().stream()
                    .flatMap(
                        link -> Stream.of(link.address(link.one()), link.address(link.other()))))
            .toList();

    assertThat(all).doesNotHaveDuplicates();
    assertThat(plan.lab().sites())
        .allMatch(site -> site.http().equals(new InetSocketAddress("198.51.100.1", 80)))
        .allMatch(site -> site.addresses().guarded());
  }

  @Test
  void theRoutersConfigGuardsTheSessionAndObeysGracefulShutdown() {
    InternetPlan plan = InternetPlan.of(List.of("fra", "nyc-2", "sin"));
    String text = new BirdText(plan).of(plan.lab().site("nyc-2"), "swordfish");

    assertThat(text)
        .contains("local 203.0.113.33 as 64501;\n  neighbor 203.0.113.34 as 64496;")
        .contains("password \"swordfish\";\n  ttl security on;")
        .contains("if (65535, 0) ~ bgp_community then bgp_local_pref = 0;")
        .contains("protocol bgp to_fra {")
        .contains("protocol bgp to_sin {")
        .contains("export filter { bgp_path.prepend(64501); bgp_path.prepend(64501); accept; };")
        .doesNotContain("10.32.");
    assertThat(BirdText.towards(plan.lab().site("nyc-2"))).isEqualTo("to_nyc_2");
  }

  @Test
  void aSampleIsReadAsItWasWritten() {
    Sample sample = new Sample(12, 34, 200, 2, "fra", "shop@nyc");

    assertThat(Sample.parse(sample.line())).contains(sample);
    assertThat(Sample.parse(Client.STOPPED)).isEmpty();
    assertThat(Sample.parse("")).isEmpty();
  }

  private static List<String> nearest(InternetPlan plan, String region) {
    return plan.nearest(plan.lab().site(region)).stream().map(LabPlan.Site::name).toList();
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "s" + i).toList();
  }
}
