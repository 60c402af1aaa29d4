package io.landfall.checks.separation;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Layer 3: the module descriptors. What each compiled descriptor requires and exports is exactly
 * what the table says: no more, so no arrow slips in, and no less, so the table stays true.
 */
class ModuleArrowsTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @EnumSource
  void aRoomRequiresAndExportsExactlyWhatTheTableSays(Rooms room) {
    assertThat(differences(room, descriptorIn(room.classes()))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void everyRoomIsNullMarked(Rooms room) throws IOException {
    assertThat(Files.readString(room.folder().resolve("src/main/java/module-info.java")))
        .contains("@org.jspecify.annotations.NullMarked");
  }

  @ParameterizedTest
  @EnumSource
  void thePageForPeopleNamesTheSameArrows(Rooms room) throws IOException {
    String page = Files.readString(Rooms.root().resolve("docs/ARCHITECTURE.md"));
    Matcher row =
        Pattern.compile("(?m)^\\| " + room.word() + " \\| .* \\| ([^|]*) \\|$").matcher(page);
    assertThat(row.find()).as("a row for " + room.word()).isTrue();
    Set<String> named = new TreeSet<>(List.of(row.group(1).split(", ")));
    named.remove("-");
    assertThat(named).isEqualTo(room.arrows());
  }

  @Test
  void canaryAnIngressThatRequiresOverlayIsFlagged() throws IOException {
    ModuleDescriptor bad =
        compile(
            """
            module io.landfall.ingress {
              requires transitive io.landfall.core;
              requires transitive io.landfall.bgp;
              requires io.landfall.overlay;
            }
            """);
    assertThat(differences(Rooms.INGRESS, bad))
        .anySatisfy(
            difference ->
                assertThat(difference).contains("requires").contains("io.landfall.overlay"));
  }

  @Test
  void canaryACommandThatRequiresTheLabOrAPlaneIsFlagged() {
    for (String forbidden : List.of("lab", "bgp", "ingress", "overlay", "launcher")) {
      ModuleDescriptor bad =
          ModuleDescriptor.newModule("io.landfall.cli")
              .requires("java.base")
              .requires("io.landfall.admin")
              .requires("io.landfall.ca")
              .requires("io.landfall.config")
              .requires("io.landfall.core")
              .requires("io.landfall.node")
              .requires("io.landfall.trust")
              .requires("io.landfall." + forbidden)
              .requires("info.picocli")
              .requires("tools.jackson.core")
              .exports("io.landfall.cli")
              .opens("io.landfall.cli", Set.of("info.picocli"))
              .build();
      assertThat(differences(Rooms.CLI, bad))
          .singleElement()
          .asString()
          .contains("requires")
          .contains("io.landfall." + forbidden);
    }
  }

  @Test
  void canaryACacheThatRequiresMoreThanCoreIsFlagged() {
    for (String forbidden : List.of("decision", "edge", "config", "transport")) {
      ModuleDescriptor bad =
          ModuleDescriptor.newModule("io.landfall.cache")
              .requires("java.base")
              .requires("io.landfall.core")
              .requires("io.landfall." + forbidden)
              .exports("io.landfall.cache")
              .exports("io.landfall.cache.fleet")
              .build();
      assertThat(differences(Rooms.CACHE, bad))
          .singleElement()
          .asString()
          .contains("io.landfall." + forbidden);
    }
  }

  @Test
  void canaryAConfigThatRequiresAPlaneIsFlagged() {
    for (String forbidden : List.of("bgp", "overlay", "ingress", "admin", "node")) {
      ModuleDescriptor bad =
          ModuleDescriptor.newModule("io.landfall.config")
              .requires("java.base")
              .requires("io.landfall.core")
              .requires("io.landfall." + forbidden)
              .requires("org.snakeyaml.engine")
              .exports("io.landfall.config")
              .build();
      assertThat(differences(Rooms.CONFIG, bad))
          .singleElement()
          .asString()
          .contains("io.landfall." + forbidden);
    }
  }

  @Test
  void canaryATransportThatRequiresAProtocolOrAPlaneIsFlagged() {
    for (String forbidden : List.of("bgp", "bfd", "overlay", "ingress", "control", "edge")) {
      ModuleDescriptor.Builder bad =
          ModuleDescriptor.newModule("io.landfall.transport").requires("java.base");
      Rooms.TRANSPORT.arrows().forEach(word -> bad.requires("io.landfall." + word));
      Rooms.TRANSPORT.libraries().forEach(bad::requires);
      Rooms.TRANSPORT.exportedPackages().forEach(bad::exports);
      assertThat(differences(Rooms.TRANSPORT, bad.requires("io.landfall." + forbidden).build()))
          .singleElement()
          .asString()
          .contains("io.landfall." + forbidden);
    }
  }

  @Test
  void canaryANodeThatRequiresTheRoomThatMakesCertificatesIsFlagged() {
    ModuleDescriptor.Builder bad =
        ModuleDescriptor.newModule("io.landfall.node").requires("java.base");
    Rooms.NODE.arrows().forEach(word -> bad.requires("io.landfall." + word));
    Rooms.NODE.libraries().forEach(bad::requires);
    Rooms.NODE.exportedPackages().forEach(bad::exports);
    assertThat(differences(Rooms.NODE, bad.requires("io.landfall.ca").build()))
        .singleElement()
        .asString()
        .contains("requires")
        .contains("io.landfall.ca");
  }

  @Test
  void canaryARoomThatRequiresTheTestkitIsFlagged() {
    for (Rooms room : List.of(Rooms.CORE, Rooms.NODE, Rooms.LAB)) {
      ModuleDescriptor.Builder bad =
          ModuleDescriptor.newModule(room.module()).requires("java.base");
      room.arrows().forEach(word -> bad.requires("io.landfall." + word));
      room.libraries().forEach(bad::requires);
      room.exportedPackages().forEach(bad::exports);
      assertThat(differences(room, bad.requires("io.landfall.testkit").build()))
          .singleElement()
          .asString()
          .contains("requires")
          .contains("io.landfall.testkit");
    }
  }

  @Test
  void canaryAMissingArrowAndAnOpenModuleAreFlagged() throws IOException {
    ModuleDescriptor bad =
        compile("open module io.landfall.ingress { requires io.landfall.core; }");
    assertThat(differences(Rooms.INGRESS, bad))
        .anySatisfy(difference -> assertThat(difference).contains("requires"))
        .anySatisfy(difference -> assertThat(difference).contains("open"));
  }

  @Test
  void canaryAPackageExportedTooMuchIsFlagged() {
    ModuleDescriptor bad =
        ModuleDescriptor.newModule("io.landfall.decision")
            .requires("java.base")
            .requires(Set.of(Modifier.TRANSITIVE), "io.landfall.core")
            .exports("io.landfall.decision")
            .exports("io.landfall.decision.inner")
            .build();
    assertThat(differences(Rooms.DECISION, bad))
        .singleElement()
        .asString()
        .contains("io.landfall.decision.inner");
  }

  /** How a descriptor differs from the table, for people; empty when it does not. */
  private static List<String> differences(Rooms room, ModuleDescriptor descriptor) {
    Set<String> expected = new TreeSet<>(room.libraries());
    room.arrows().forEach(word -> expected.add("io.landfall." + word));
    Set<String> required = new TreeSet<>();
    for (ModuleDescriptor.Requires requires : descriptor.requires()) {
      boolean compileTimeOnly = requires.modifiers().contains(Modifier.STATIC);
      if (!requires.name().equals("java.base")
          && !(compileTimeOnly && requires.name().equals("org.jspecify"))) {
        required.add(requires.name());
      }
    }
    Set<String> exported = new TreeSet<>();
    for (ModuleDescriptor.Exports exports : descriptor.exports()) {
      exported.add(
          exports.isQualified()
              ? exports.source() + " to " + new TreeSet<>(exports.targets())
              : exports.source());
    }
    List<String> differences = new ArrayList<>();
    compare("requires", expected, required, differences);
    compare("exports", room.exportedPackages(), exported, differences);
    Set<String> opened = new TreeSet<>();
    for (ModuleDescriptor.Opens opens : descriptor.opens()) {
      opened.add(opens.source() + " to " + new TreeSet<>(opens.targets()));
    }
    // Picocli fills in the options of a command by reflection; nothing else may look inside a room.
    if (room.hasCommands()) {
      opened.removeIf(line -> line.endsWith(" to [info.picocli]"));
    }
    if (descriptor.isOpen() || !opened.isEmpty()) {
      differences.add(room.word() + " is open to reflection: " + opened);
    }
    if (!descriptor.name().equals(room.module())) {
      differences.add("the module is named " + descriptor.name());
    }
    return differences;
  }

  private static void compare(
      String what, Set<String> expected, Set<String> actual, List<String> differences) {
    if (!expected.equals(actual)) {
      differences.add(
          what
              + " "
              + actual
              + " but the table in Rooms.java says "
              + expected
              + "; if the change is meant, change the table and docs/ARCHITECTURE.md too");
    }
  }

  private static ModuleDescriptor descriptorIn(Path classes) {
    Set<ModuleReference> found = ModuleFinder.of(classes).findAll();
    assertThat(found).as("one module in " + classes).hasSize(1);
    return found.iterator().next().descriptor();
  }

  private ModuleDescriptor compile(String source) throws IOException {
    Path file = temp.resolve("module-info.java");
    Files.writeString(file, source);
    Path out = temp.resolve("out");
    String path =
        Stream.of(Rooms.CORE, Rooms.BGP, Rooms.OVERLAY)
            .map(room -> room.classes().toString())
            .collect(Collectors.joining(File.pathSeparator));
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", out.toString(), "--module-path", path, file.toString());
    assertThat(result).as("the canary itself compiles").isZero();
    return descriptorIn(out);
  }
}
