package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.node.config.ConfigLoader;
import io.landfall.node.config.Loaded;
import io.landfall.node.config.NodeConfig;
import io.landfall.node.config.ServiceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteConfigTextTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void everySitesConfigIsOneThatANodeTakes() throws Exception {
    LabPlan plan = LabPlan.of(10, List.of("fra", "nyc", "sin"));
    LabLayout layout = LabLayout.prepare(directory, plan);
    LabCredentials.write(plan, layout, System.currentTimeMillis());
    for (LabPlan.Site site : plan.sites()) {
      Files.writeString(layout.config(site), new SiteConfigText(plan, layout).of(site));

      Loaded loaded = ConfigLoader.load(layout.config(site));

      assertThat(loaded).isInstanceOf(Loaded.Valid.class);
      NodeConfig config = ((Loaded.Valid) loaded).config();
      assertThat(config.name().value()).isEqualTo(site.name());
      assertThat(config.overlay().candidates()).hasSize(2);
      assertThat(config.services().stream().filter(ServiceConfig::isLocal).map(ServiceConfig::name))
          .map(Object::toString)
          .containsExactlyElementsOf(
              SiteConfigText.hostedAt(plan, site).stream().map(LabPlan.Service::name).toList());
    }
  }
}
