package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
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

      ConfigResult loaded = ConfigLoader.load(layout.config(site));

      assertThat(loaded).isInstanceOf(ConfigResult.Valid.class);
      NodeConfig config = ((ConfigResult.Valid) loaded).config();
      assertThat(config.name().value()).isEqualTo(site.name());
      assertThat(config.overlay().reach().candidates()).hasSize(2);
      assertThat(config.services().stream().filter(ServiceConfig::isLocal).map(ServiceConfig::name))
          .map(Object::toString)
          .containsExactlyElementsOf(
              SiteConfigText.hostedAt(plan, site).stream().map(LabPlan.Service::name).toList());
    }
  }

  @Test
  void everySitesConfigFitsTheSchemaForEditors() throws Exception {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(
                Files.readString(Path.of("..", "docs", "config.schema.json")), InputFormat.JSON);
    LabPlan plan = LabPlan.of(10, List.of("fra", "nyc", "sin"));
    SiteConfigText text = new SiteConfigText(plan, LabLayout.prepare(directory, plan));
    for (LabPlan.Site site : plan.sites()) {
      String config = text.of(site);

      assertThat(schema.validate(config, InputFormat.YAML)).as(config).isEmpty();
      assertThat(schema.validate(config.replace("node:", "nodes:"), InputFormat.YAML)).isNotEmpty();
    }
  }
}
