package io.landfall.checks.separation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.landfall.checks.Rooms;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The arrows between the packages of the room {@code edge} (docs/ARCHITECTURE.md). */
class EdgePackagesTest {
  private static final String REAL = "io.landfall.edge";
  private static final String BAD = "io.landfall.checks.separation.bad.edge";

  private static JavaClasses real;
  private static JavaClasses bad;

  /** The packages, each behind those that it may use: so none can be part of a circle. */
  enum Part {
    ROOT(""),
    LOOP("ROOT"),
    HTTP("ROOT"),
    ACCESS("ROOT"),
    RULES("ROOT HTTP"),
    EXCHANGE("ROOT LOOP HTTP ACCESS RULES"),
    CACHE_DISK("ROOT"),
    PURGES("ROOT CACHE_DISK"),
    CACHE_CODING("ROOT"),
    CACHE("ROOT LOOP HTTP EXCHANGE CACHE_DISK CACHE_CODING"),
    ORIGIN("ROOT LOOP EXCHANGE"),
    PROXY("ROOT LOOP EXCHANGE"),
    H1("ROOT LOOP HTTP EXCHANGE ORIGIN PROXY"),
    H2("ROOT LOOP HTTP EXCHANGE ORIGIN"),
    TLS("ROOT LOOP"),
    TCP("ROOT LOOP HTTP EXCHANGE"),
    SERVER("ROOT LOOP HTTP ACCESS EXCHANGE CACHE PROXY H1 H2 TLS TCP");

    private final String uses;

    Part(String uses) {
      this.uses = uses;
    }

    private String in(String root) {
      return this == ROOT ? root : root + "." + name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    private boolean mayUse(Part other) {
      return this == other || Set.of(uses.split(" ")).contains(other.name());
    }
  }

  @BeforeAll
  static void readsTheClasses() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    real = new ClassFileImporter().importPath(Rooms.EDGE.classes());
    bad = new ClassFileImporter().importPackages(BAD);
  }

  @Test
  void everyClassIsInOneOfThePackages() {
    TreeMap<String, Integer> classes = new TreeMap<>();
    for (JavaClass each : real) {
      if (!each.getSimpleName().equals("module-info")) {
        classes.merge(each.getPackageName(), 1, Integer::sum);
      }
    }
    TreeSet<String> expected = new TreeSet<>();
    for (Part part : Part.values()) {
      expected.add(part.in(REAL));
    }
    assertThat(classes.keySet()).isEqualTo(expected);
    assertThat(real).hasSizeGreaterThan(Rooms.EDGE.fewestClasses());
  }

  @ParameterizedTest
  @EnumSource
  void aPackageUsesOnlyThoseBeforeIt(Part part) {
    for (Part other : Part.values()) {
      assertThat(part.mayUse(other) && other.compareTo(part) > 0).as(part + " " + other).isFalse();
    }
    assertThat(violations(onlyAllowedArrows(REAL, part), real)).isEmpty();
  }

  @Test
  void whatIsOfEveryHttpVersionKnowsNoChannel() {
    assertThat(violations(noChannels(REAL), real)).isEmpty();
  }

  @Test
  void canaryEachForbiddenArrowIsFlagged() {
    assertThat(violations(onlyAllowedArrows(BAD, Part.HTTP), bad))
        .anySatisfy(line -> assertThat(line).contains("h1.BadConnection"));
    assertThat(violations(onlyAllowedArrows(BAD, Part.EXCHANGE), bad))
        .anySatisfy(line -> assertThat(line).contains("h1.BadConnection"));
    assertThat(violations(onlyAllowedArrows(BAD, Part.EXCHANGE), bad))
        .anySatisfy(line -> assertThat(line).contains("cache.BadTier"));
    assertThat(violations(onlyAllowedArrows(BAD, Part.CACHE), bad))
        .anySatisfy(line -> assertThat(line).contains("h1.BadConnection"));
    assertThat(violations(onlyAllowedArrows(BAD, Part.CACHE_DISK), bad))
        .anySatisfy(line -> assertThat(line).contains("http.BadHead"));
    assertThat(violations(onlyAllowedArrows(BAD, Part.CACHE_CODING), bad))
        .anySatisfy(line -> assertThat(line).contains("http.BadHead"));
    assertThat(violations(noChannels(BAD), bad))
        .anySatisfy(line -> assertThat(line).contains("BadTier"));
    assertThat(violations(noChannels(BAD), bad))
        .anySatisfy(line -> assertThat(line).contains("BadExchange"));
  }

  @Test
  void canaryWhatIsAllowedIsNotFlagged() {
    assertThat(violations(onlyAllowedArrows(BAD, Part.H1), bad)).isEmpty();
  }

  private static ArchRule onlyAllowedArrows(String root, Part part) {
    List<String> forbidden = new ArrayList<>();
    for (Part other : Part.values()) {
      if (!part.mayUse(other)) {
        forbidden.add(other.in(root));
      }
    }
    return noClasses()
        .that()
        .resideInAPackage(part.in(root))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden.toArray(String[]::new))
        .allowEmptyShould(true);
  }

  private static ArchRule noChannels(String root) {
    return noClasses()
        .that()
        .resideInAnyPackage(
            Part.HTTP.in(root),
            Part.EXCHANGE.in(root),
            Part.CACHE.in(root),
            Part.CACHE_DISK.in(root))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..");
  }

  private static List<String> violations(ArchRule rule, JavaClasses classes) {
    return rule.evaluate(classes).getFailureReport().getDetails();
  }
}
