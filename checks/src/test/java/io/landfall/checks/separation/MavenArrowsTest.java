package io.landfall.checks.separation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.landfall.checks.Rooms;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layer 2: the poms. The enforcer's rule {@code arrows} bans every room that a room may not reach,
 * also when something else brings it.
 *
 * <p>The proof is by canaries, exhaustively: a copy of the whole set of poms gets, for each
 * forbidden pair, one more module whose pom is the room's own with that one dependency added, and
 * another whose dependency comes through a stranger. One offline run of Maven's validate phase must
 * fail exactly the canaries and pass every real room.
 */
class MavenArrowsTest {
  private static final Pattern SUMMARY =
      Pattern.compile("^\\[INFO] (\\S.*?) \\.+ (SUCCESS|FAILURE|SKIPPED)\\b.*");
  private static final Pattern NOT_OF_MAIN_CODE =
      Pattern.compile(
          "<dependency>(?:(?!</dependency>).)*<scope>(?:test|runtime)</scope>.*?</dependency>",
          Pattern.DOTALL);
  private static final long MAVEN_DEADLINE_SECONDS = 120;

  @TempDir private static Path tree;

  private static final Set<String> directCanaries = new TreeSet<>();
  private static final Set<String> carriedCanaries = new TreeSet<>();
  private static final Set<String> rooms = new TreeSet<>();
  private static final TreeMap<String, String> outcomes = new TreeMap<>();
  private static String log = "";

  @BeforeAll
  static void runsMavenOnceOverTheCanaries() throws IOException, InterruptedException {
    Optional<Path> maven = findMaven();
    assumeTrue(maven.isPresent(), "SKIPPED: no mvn in MAVEN_HOME or PATH; layer 2 is NOT proven");
    List<String> modules = new ArrayList<>();
    for (Rooms room : Rooms.values()) {
      String pom = Files.readString(room.folder().resolve("pom.xml"));
      write(room.word(), pom, modules);
      rooms.add("landfall-" + room.word());
      for (Rooms other : room.others()) {
        if (!room.mayUse(other)) {
          addDirectCanary(room, pom, "io.landfall", "landfall-" + other.word(), modules);
          // What is on the path anyway, since a room that it may use brings it, a stranger may
          // bring as well: layers 3 and 4 forbid its use.
          if (!room.reach().contains(other)) {
            addCarriedCanary(room, pom, "io.landfall", "landfall-" + other.word(), modules);
          }
        }
      }
      if (room.isFunctionalCore()) {
        addDirectCanary(room, pom, "io.netty", "netty-transport", modules);
        addCarriedCanary(room, pom, "io.netty", "netty-transport", modules);
      }
      if (room != Rooms.CA) {
        // Bouncy Castle makes certificates in one room, and is not on a node's path.
        addDirectCanary(room, pom, "org.bouncycastle", "bcpkix-jdk18on", modules);
        if (!room.reach().contains(Rooms.CA)) {
          addCarriedCanary(room, pom, "org.bouncycastle", "bcpkix-jdk18on", modules);
        }
      }
    }
    writeParent(modules);
    run(maven.get());
  }

  private static void addDirectCanary(
      Rooms room, String pom, String group, String artifact, List<String> modules)
      throws IOException {
    String direct = "canary-" + room.word() + "-to-" + artifact;
    write(direct, withDependency(pom, direct, group, artifact), modules);
    directCanaries.add(direct);
  }

  private static void addCarriedCanary(
      Rooms room, String pom, String group, String artifact, List<String> modules)
      throws IOException {
    String carrier = "carrier-of-" + artifact;
    if (!modules.contains(carrier)) {
      write(carrier, carrierPom(carrier, group, artifact), modules);
    }
    String carried = "canary-" + room.word() + "-to-" + artifact + "-carried";
    write(carried, withDependency(pom, carried, "example.stranger", carrier), modules);
    carriedCanaries.add(carried);
  }

  private static void write(String folder, String pom, List<String> modules) throws IOException {
    Files.createDirectories(tree.resolve(folder));
    Files.writeString(tree.resolve(folder).resolve("pom.xml"), named(pom));
    modules.add(folder);
  }

  /** Names each module by its artifactId, so that the summary can be read by it. */
  private static String named(String pom) {
    return pom.replaceAll("\\n  <name>.*?</name>", "");
  }

  private static String withDependency(String pom, String name, String group, String artifact) {
    boolean isManaged = group.equals("io.netty") || group.equals("org.bouncycastle");
    String version = isManaged ? "" : "<version>${project.version}</version>";
    String dependency =
        """
        <dependency><groupId>%s</groupId><artifactId>%s</artifactId>%s</dependency>
        """
            .formatted(group, artifact, version);
    String renamed =
        pom.replaceFirst(
            "<artifactId>landfall-\\w+</artifactId>", "<artifactId>" + name + "</artifactId>");
    // What only the room's tests may use, or only a running program loads, is forbidden to its main
    // code, so the canary has it there.
    renamed = NOT_OF_MAIN_CODE.matcher(renamed).replaceAll("");
    return renamed.contains("<dependencies>")
        ? renamed.replaceFirst(
            "<dependencies>", Matcher.quoteReplacement("<dependencies>" + dependency))
        : renamed.replace(
            "</project>", "<dependencies>" + dependency + "</dependencies></project>");
  }

  private static String carrierPom(String name, String group, String artifact) throws IOException {
    String parent = Files.readString(Rooms.root().resolve("pom.xml"));
    String version =
        switch (group) {
          case "io.netty" -> between(parent, "netty.version");
          case "org.bouncycastle" -> between(parent, "bouncycastle.version");
          default -> between(parent, "version");
        };
    return """
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>example.stranger</groupId>
      <artifactId>%s</artifactId>
      <version>%s</version>
      <dependencies>
        <dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>
      </dependencies>
    </project>
    """
        .formatted(name, between(parent, "version"), group, artifact, version);
  }

  private static String between(String xml, String element) {
    Matcher matcher = Pattern.compile("<" + element + ">(.*?)</" + element + ">").matcher(xml);
    assertThat(matcher.find()).as(element).isTrue();
    return matcher.group(1);
  }

  private static void writeParent(List<String> modules) throws IOException {
    String parent = Files.readString(Rooms.root().resolve("pom.xml"));
    StringBuilder list = new StringBuilder("<modules>");
    modules.forEach(module -> list.append("<module>").append(module).append("</module>"));
    list.append("</modules>");
    String replaced =
        Pattern.compile("<modules>.*?</modules>", Pattern.DOTALL)
            .matcher(parent)
            .replaceFirst(Matcher.quoteReplacement(list.toString()));
    Files.writeString(tree.resolve("pom.xml"), replaced);
  }

  private static Optional<Path> findMaven() {
    Stream<String> homes = Stream.of("MAVEN_HOME", "M2_HOME").map(System::getenv);
    Stream<Path> inHomes = homes.filter(home -> home != null).map(home -> Path.of(home, "bin"));
    Stream<Path> inPath =
        Arrays.stream(
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
            .map(Path::of);
    return Stream.concat(inHomes, inPath)
        .map(folder -> folder.resolve("mvn"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void run(Path maven) throws IOException, InterruptedException {
    Path output = tree.resolve("maven.log");
    List<String> command =
        new ArrayList<>(List.of(maven.toString(), "-o", "-B", "-ntp", "-fae", "validate"));
    // Surefire says where the outer Maven keeps its artifacts, which need not be the usual place.
    Optional.ofNullable(System.getProperty("localRepository"))
        .ifPresent(repository -> command.add("-Dmaven.repo.local=" + repository));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(tree.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    boolean ended = process.waitFor(MAVEN_DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    // Colours, if the distribution forces them, are not part of a line.
    log = Files.readString(output).replaceAll("\\u001b\\[[0-9;]*m", "");
    assertThat(ended).as("Maven ends; it said:\n" + log).isTrue();
    for (String line : log.split("\n")) {
      Matcher matcher = SUMMARY.matcher(line);
      if (matcher.matches()) {
        outcomes.put(matcher.group(1), matcher.group(2));
      }
    }
  }

  @Test
  void everyRealRoomPasses() {
    assertThat(outcomes).as(log).containsKeys(rooms.toArray(String[]::new));
    assertThat(rooms)
        .allSatisfy(room -> assertThat(outcomes.get(room)).as(room).isEqualTo("SUCCESS"));
  }

  @Test
  void aForbiddenDependencyFailsTheBuildWithTheRulesWords() {
    assertThat(directCanaries)
        .hasSizeGreaterThan(40)
        .contains(
            "canary-ingress-to-landfall-overlay",
            "canary-cli-to-landfall-lab",
            "canary-cli-to-landfall-bgp",
            "canary-cli-to-landfall-overlay",
            "canary-lab-to-landfall-cli",
            "canary-config-to-landfall-overlay",
            "canary-transport-to-landfall-bgp",
            "canary-transport-to-landfall-overlay",
            "canary-transport-to-landfall-ingress",
            "canary-control-to-landfall-transport",
            "canary-admin-to-landfall-node",
            "canary-admin-to-landfall-config",
            "canary-node-to-landfall-ca",
            "canary-trust-to-bcpkix-jdk18on",
            "canary-cli-to-bcpkix-jdk18on",
            "canary-bgp-to-landfall-testkit",
            "canary-node-to-landfall-testkit",
            "canary-testkit-to-landfall-bgp");
    assertThat(directCanaries).allSatisfy(MavenArrowsTest::failsByTheRule);
  }

  @Test
  void aForbiddenDependencyThatAStrangerBringsFailsTheBuildToo() {
    assertThat(carriedCanaries)
        .hasSizeGreaterThan(40)
        .contains(
            "canary-cli-to-landfall-lab-carried",
            "canary-lab-to-landfall-cli-carried",
            "canary-node-to-landfall-ca-carried",
            "canary-transport-to-landfall-bgp-carried",
            "canary-node-to-bcpkix-jdk18on-carried",
            "canary-node-to-landfall-testkit-carried",
            "canary-launcher-to-landfall-testkit-carried");
    assertThat(carriedCanaries).allSatisfy(MavenArrowsTest::failsByTheRule);
  }

  private static void failsByTheRule(String canary) {
    assertThat(outcomes.get(canary)).as(canary).isEqualTo("FAILURE");
    // One rule looks at all that is on the path, the other at what a room asks for itself.
    int start = log.indexOf("arrows) on project " + canary + ": ");
    assertThat(start).as("the rule is named for " + canary).isPositive();
    assertThat(log.substring(start, Math.min(log.length(), start + 600)))
        .contains("Forbidden arrow: this room must not reach that one");
  }
}
