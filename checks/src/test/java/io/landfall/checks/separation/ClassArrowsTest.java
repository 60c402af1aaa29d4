package io.landfall.checks.separation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import io.landfall.bgp.PrefixCodec;
import io.landfall.checks.Rooms;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Layer 4: the classes, read from what the build compiled.
 *
 * <p>An ArchUnit that cannot read a class file imports nothing and passes every rule (1.4.0 and
 * Java 25), so each room must yield classes, and each rule must flag what lies in the package
 * {@code bad} beside this test, where every room has a wicked twin.
 */
class ClassArrowsTest {
  private static final String REAL = "io.landfall";
  private static final String BAD = "io.landfall.checks.separation.bad";

  /**
   * Who may say what a prefix means: the planes; and the lab, which plays the upstream's router.
   */
  private static final TreeSet<String> CODECS =
      new TreeSet<>(
          List.of(
              "io.landfall.ingress.AnycastCodec",
              "io.landfall.overlay.HostRouteCodec",
              // The overlay's codec once more, narrowed to one service host, and read-only.
              "io.landfall.overlay.servicehost.ServicePrefixCodec",
              "io.landfall.lab.Ipv4Prefix"));

  private static final EnumSet<BannedUse.Exempt> USED = EnumSet.noneOf(BannedUse.Exempt.class);

  private static JavaClasses real;
  private static JavaClasses bad;

  @BeforeAll
  static void readsTheClasses() {
    // The rules look at names, so what a class of the JDK or of a library looks like is not needed.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    real =
        new ClassFileImporter()
            .importPaths(
                Arrays.stream(Rooms.values())
                    .map(Rooms::classes)
                    .filter(Files::isDirectory)
                    .toList());
    bad = new ClassFileImporter().importPackages(BAD, Rooms.BGP.module());
  }

  @ParameterizedTest
  @EnumSource
  void everyRoomIsRead(Rooms room) {
    long read = real.stream().filter(inRoom(REAL, room)).count();
    assertThat(read).as("classes of " + room.word()).isGreaterThanOrEqualTo(room.fewestClasses());
  }

  @ParameterizedTest
  @EnumSource
  void aRoomUsesOnlyTheRoomsItMay(Rooms room) {
    assertThat(violations(onlyAllowedArrows(REAL, room), real)).isEmpty();
  }

  @Test
  void functionalCoreRoomsNameNoBannedType() {
    assertThat(violations(noBannedType(REAL), real)).isEmpty();
  }

  @Test
  void functionalCoreRoomsMakeNoBannedCall() {
    assertThat(violations(noBannedCall(REAL), real)).isEmpty();
  }

  @Test
  void everyExemptionIsStillNeeded() {
    violations(noBannedType(REAL), real);
    violations(noBannedCall(REAL), real);
    assertThat(USED).containsExactlyInAnyOrder(BannedUse.Exempt.values());
  }

  @Test
  void onlyTheTwoPlanesSayWhatAPrefixMeans() {
    assertThat(violations(onlyPlaneCodecs(), real)).isEmpty();
    assertThat(real.stream().filter(implementsPrefixCodec()).map(ClassArrowsTest::outermost))
        .containsExactlyInAnyOrderElementsOf(CODECS);
  }

  @Test
  void onlyBgpAsksACodecForTheBytesOfAPrefix() {
    assertThat(violations(onlyBgpReadsPrefixBytes(), real)).isEmpty();
  }

  @Test
  void canaryEachForbiddenArrowIsFlagged() {
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.INGRESS), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.overlay.BadTable"));
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.OVERLAY), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.ingress.BadOriginator"));
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.DECISION), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.overlay.BadTable"));
    for (String forbidden : List.of("edge.BadForward", "decision.BadDecision")) {
      assertThat(violations(onlyAllowedArrows(BAD, Rooms.CACHE), bad))
          .anySatisfy(line -> assertThat(line).contains("bad." + forbidden));
    }
    for (String forbidden :
        List.of("ingress.BadOriginator", "edge.BadForward", "transport.BadStream")) {
      assertThat(violations(onlyAllowedArrows(BAD, Rooms.CONTROL), bad))
          .anySatisfy(line -> assertThat(line).contains("bad." + forbidden));
    }
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.EDGE), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.bgp.BadCodec"));
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.BGP), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.ingress.BadOriginator"));
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.LAB), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.cli.BadCommand"));
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.CLI), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.lab.BadLab"))
        .anySatisfy(line -> assertThat(line).contains("bad.bgp.BadCodec"))
        .anySatisfy(line -> assertThat(line).contains("bad.ingress.BadOriginator"))
        .anySatisfy(line -> assertThat(line).contains("bad.overlay.BadTable"));
  }

  @Test
  void canaryAConfigOrAnAdminApiThatUsesAnotherRoomIsFlagged() {
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.CONFIG), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.overlay.BadTable"))
        .anySatisfy(line -> assertThat(line).contains("bad.ingress.BadOriginator"))
        .anySatisfy(line -> assertThat(line).contains("bad.node.BadDaemon"));
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.ADMIN), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.overlay.BadTable"))
        .anySatisfy(line -> assertThat(line).contains("bad.config.BadReader"))
        .anySatisfy(line -> assertThat(line).contains("bad.node.BadDaemon"));
  }

  @Test
  void canaryMainCodeThatUsesTheTestkitAndATestkitThatUsesARoomAreFlagged() {
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.EDGE), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.testkit.BadHelper"));
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.TESTKIT), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.bgp.BadCodec"));
  }

  @Test
  void canaryATransportThatReadsMessagesOrKnowsAPlaneIsFlagged() {
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.TRANSPORT), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.bgp.BadCodec"))
        .anySatisfy(line -> assertThat(line).contains("bad.overlay.BadTable"))
        .anySatisfy(line -> assertThat(line).contains("bad.ingress.BadOriginator"));
  }

  @Test
  void canaryANodeOrATrustThatMakesCertificatesIsFlagged() {
    for (Rooms room : List.of(Rooms.NODE, Rooms.TRUST)) {
      assertThat(violations(onlyAllowedArrows(BAD, room), bad))
          .anySatisfy(line -> assertThat(line).contains("bad.ca.BadAuthority"));
    }
    assertThat(violations(onlyAllowedArrows(BAD, Rooms.CA), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.node.BadDaemon"));
    assertThat(violations(onlyCaUsesBouncyCastle(), bad))
        .anySatisfy(line -> assertThat(line).contains("bad.trust.BadPeer"));
  }

  @Test
  void onlyCaUsesTheLibraryThatMakesCertificates() {
    assertThat(violations(onlyCaUsesBouncyCastle(), real)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void canaryEachBannedTypeIsFlagged(BannedUse.Type type) {
    assertThat(violations(noBannedType(BAD), bad))
        .anySatisfy(line -> assertThat(line).startsWith(type + ": "));
  }

  @ParameterizedTest
  @EnumSource
  void canaryEachBannedCallIsFlagged(BannedUse.Call call) {
    assertThat(violations(noBannedCall(BAD), bad))
        .anySatisfy(line -> assertThat(line).startsWith(call + ": "));
  }

  @Test
  void canaryWhatIsAllowedIsNotFlagged() {
    List<String> all = new ArrayList<>(violations(noBannedType(BAD), bad));
    all.addAll(violations(noBannedCall(BAD), bad));
    assertThat(all).noneMatch(line -> line.contains("GoodUse"));
    assertThat(bad.stream().map(JavaClass::getSimpleName)).contains("GoodUse");
  }

  @Test
  void canaryAThirdCodecAndAThirdReaderOfPrefixBytesAreFlagged() {
    assertThat(violations(onlyPlaneCodecs(), bad))
        .anySatisfy(line -> assertThat(line).contains("BadCodec"));
    assertThat(violations(onlyBgpReadsPrefixBytes(), bad))
        .anySatisfy(line -> assertThat(line).contains("BadForward"));
  }

  private static ArchRule onlyAllowedArrows(String root, Rooms room) {
    List<String> forbidden = new ArrayList<>();
    for (Rooms other : room.others()) {
      if (!room.mayUse(other)) {
        forbidden.add(root + "." + other.word() + "..");
      }
    }
    return noClasses()
        .that(inRoom(root, room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden.toArray(String[]::new))
        .allowEmptyShould(true);
  }

  private static ArchRule onlyCaUsesBouncyCastle() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(REAL + ".ca..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..");
  }

  private static ArchRule noBannedType(String root) {
    return classes().that(inFunctionalCore(root)).should(BannedUse.types(USED::add));
  }

  private static ArchRule noBannedCall(String root) {
    return classes().that(inFunctionalCore(root)).should(BannedUse.calls(USED::add));
  }

  private static ArchRule onlyPlaneCodecs() {
    return noClasses()
        .that(
            DescribedPredicate.not(
                DescribedPredicate.describe(
                    "are the codec of a plane, or the router that the lab plays",
                    type -> CODECS.contains(outermost(type)))))
        .should()
        .beAssignableTo(
            DescribedPredicate.describe(
                "a PrefixCodec", type -> implementsPrefixCodec().test(type)));
  }

  private static String outermost(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }

  private static ArchRule onlyBgpReadsPrefixBytes() {
    return noClasses()
        .that()
        .resideOutsideOfPackage("io.landfall.bgp..")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "reads or writes the bytes of a prefix",
                call ->
                    call.getTargetOwner().isAssignableTo(PrefixCodec.class)
                        // A codec may narrow another; which codecs there are is a rule above.
                        && !CODECS.contains(outermost(call.getOriginOwner()))
                        && !call.getOriginOwner().equals(call.getTargetOwner())
                        && call.getName().matches("address|read|readAt|writeAt")));
  }

  private static DescribedPredicate<JavaClass> implementsPrefixCodec() {
    return DescribedPredicate.describe(
        "implement PrefixCodec",
        type -> !type.isInterface() && type.isAssignableTo(PrefixCodec.class));
  }

  private static DescribedPredicate<JavaClass> inRoom(String root, Rooms room) {
    return JavaClass.Predicates.resideInAPackage(root + "." + room.word() + "..");
  }

  private static DescribedPredicate<JavaClass> inFunctionalCore(String root) {
    List<String> packages = new ArrayList<>();
    for (Rooms room : Rooms.values()) {
      if (room.isFunctionalCore()) {
        packages.add(root + "." + room.word() + "..");
      }
    }
    return JavaClass.Predicates.resideInAnyPackage(packages.toArray(String[]::new));
  }

  private static List<String> violations(ArchRule rule, JavaClasses classes) {
    EvaluationResult result = rule.evaluate(classes);
    return result.getFailureReport().getDetails();
  }
}
