package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/CONFIG.md and docs/config.schema.json are what the readers of the config declare. */
class ConfigReferenceTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path PAGE = DOCS.resolve("CONFIG.md");
  private static final Path SCHEMA = DOCS.resolve("config.schema.json");
  private static final String WRITE = "config.reference.write";

  /** Defaults that are no value one could write. */
  private static final Set<String> UNWRITABLE = Set.of("node.region", "overlay.bgp.entitle");

  private static final ConfigReference REFERENCE = new ConfigReference(Keys.all());

  @TempDir Path temp;

  /** A made file is as it would be made now; with the property set it is made. */
  private static void madeOrFresh(Path file, UnaryOperator<String> make) throws IOException {
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(file, make.apply(text(file)));
    }
    fresh(file, make);
  }

  private static void fresh(Path file, UnaryOperator<String> make) throws IOException {
    assertThat(text(file))
        .as(
            "docs/%s is stale: the readers of the config declare other keys. Make it anew with"
                + " mvn -pl config -am test -Dtest=ConfigReferenceTest -D%s=true"
                + " -Dsurefire.failIfNoSpecifiedTests=false",
            file.getFileName(), WRITE)
        .isEqualTo(make.apply(text(file)));
  }

  private static String text(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Test
  void thePageHasTheDeclaredKeys() throws Exception {
    madeOrFresh(PAGE, REFERENCE::page);
  }

  @Test
  void theSchemaHasTheDeclaredKeys() throws Exception {
    madeOrFresh(SCHEMA, _ -> REFERENCE.schema());
  }

  @Test
  void aStaleFileIsRefusedWithTheCommandThatMakesIt() throws Exception {
    ConfigReference more =
        new ConfigReference(
            List.of(new Keys("").value("canary", ValueRules.FLAG).otherwise(false).is("Sings.")));

    assertThat(more.page(Files.readString(PAGE)))
        .contains("| `canary` | `true` or `false` | false | Sings. |")
        .contains("## The list of revocations");
    assertThatThrownBy(() -> fresh(PAGE, more::page))
        .hasMessageContaining("CONFIG.md is stale")
        .hasMessageContaining("-Dtest=ConfigReferenceTest -D" + WRITE + "=true");
    assertThatThrownBy(() -> fresh(SCHEMA, _ -> more.schema()))
        .hasMessageContaining("config.schema.json is stale");
    assertThatThrownBy(() -> fresh(temp.resolve("gone"), _ -> more.schema()))
        .hasMessageContaining("gone is stale");
  }

  @Test
  void aDefaultIsShownAsItIsWritten() throws Exception {
    for (Key<?> key : Keys.all()) {
      if (key.hasDefault() && !UNWRITABLE.contains(key.path())) {
        assertThat((Object) key.rule().read(key.otherwiseText()))
            .as(key.path())
            .isEqualTo(key.otherwise());
      }
    }
  }

  @Test
  void everyKeyHasASentence() {
    assertThat(Keys.all())
        .allSatisfy(key -> assertThat(key.sentence()).as(key.path()).matches("(?s)[A-Z`].*[.)]"))
        .allSatisfy(key -> assertThat(key.sentence()).as(key.path()).doesNotContain("|", "\n"));
    assertThat(Keys.all().stream().map(Key::path)).doesNotHaveDuplicates();
  }

  private static Schema schema() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
  }

  private static List<String> complaints(String yaml) throws IOException {
    return schema().validate(yaml, InputFormat.YAML).stream().map(Object::toString).toList();
  }

  @Test
  void theSchemaTakesGoodConfigs() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    String example = readme.split("```yaml\n", 2)[1].split("```", 2)[0];

    assertThat(example).contains("node:", "overlay:", "edge:");
    assertThat(complaints(example)).isEmpty();
    assertThat(complaints(ConfigFolder.GOOD)).isEmpty();
    assertThat(complaints(DeclaredKeysTest.FULL)).isEmpty();
  }

  @Test
  void theSchemaRefusesWhatANodeRefuses() throws Exception {
    refusedByBoth("region: eu", "regoin: eu");
    refusedByBoth("  name: fra\n", "");
    refusedByBoth("name: fra", "name: FRA");
    refusedByBoth("asn: 64500", "asn: 4294967295");
    refusedByBoth("interval: 500ms", "interval: 500");
    refusedByBoth("fall: 2", "fall: 0");
    refusedByBoth("max-object: 64MiB", "max-object: 64MB");
    refusedByBoth("http: /healthz", "http: healthz");
    refusedByBoth("hosts: [shop.example]", "hosts: shop.example");
    refusedByBoth("metrics: 127.0.0.1:9100", "metrics: 192.0.2.1:9100");
    refusedByBoth("costs: {nyc: 50}", "costs: {NYC: 50}");
    refusedByBoth("admin:\n", "log: {level: loud}\nadmin:\n");
    refusedByBoth("http://10.0.0.7:8080", "ftp://10.0.0.7:8080");
  }

  private void refusedByBoth(String piece, String replacement) throws IOException {
    String config = ConfigFolder.GOOD.replace(piece, replacement);
    assertThat(config).isNotEqualTo(ConfigFolder.GOOD);
    assertThat(complaints(config)).as(replacement).isNotEmpty();
    assertThat(new ConfigFolder(temp).problems(config)).as(replacement).isNotEmpty();
  }
}
