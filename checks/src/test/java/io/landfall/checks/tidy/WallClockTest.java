package io.landfall.checks.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which files of main code read the time of day, and what for. It may be set forward or back at any
 * moment, so nothing that waits is to depend on it: whoever is new here says which of these uses it
 * is, and docs/clocks.md says what a jump does to each.
 */
class WallClockTest {
  /** What the time of day is read for, by the names of files without their ending. */
  private enum Use {
    /** It is shown, logged or sent to people and collectors; nothing waits for it. */
    SHOWN(
        """
        ConsoleFeed LookingGlassApi MonitorStream MonitorWatch NodeConsole
        ReadAgain TlsText LabCommand StartupTraining
        DuplicateReports Ingress IngressDriver UpstreamSession
        ConfigSwitch Configurations ControlTime NodeDecisions NodeEffects NodeLookingGlass
        NodeMetrics NodeMonitor RevocationWatch ServiceRows TlsRows BfdRows
        BmpStation RouteMonitoring TableDumps
        Exchanges BgpLink OverlayDialer OverlayPort
        """),
    /** Certificates are held against it, and made or ordered by it: their dates are of the day. */
    CERTIFICATES(
        """
        AcmeClient AcmeOrders AcmeSession NodeAcme SharedChallenges
        CaCommand Lab
        ControlPlane PeerCheck LandfallTrustManager NodeTrust OwnCertificate
        BackendTlsFromConfig CertificateWatch ListenerCertificates WatchedListener
        """),
    /** The Date, Expires, Last-Modified and If-Modified-Since fields of HTTP are of the day. */
    HTTP_DATES(
        """
        HttpDate Lifetimes StoreRule
        CacheReader EdgeCache FillJudge PostedResponse SlicePlan SliceReader StoredAnswer
        """),
    /** It is kept on a disk, and read by another process: no monotonic time outlives a machine. */
    OVER_RESTARTS("CacheWatch DiskHead DiskTier NodeCache StoredItem StreamedItem"),
    /** Files are cut at whole multiples of an interval of the day. */
    WHOLE_INTERVALS("MrtFiles"),
    /** It hands the clock on to the uses above. */
    CLOCKS("ControlLoop Now Step WallClock");

    private final String files;

    Use(String files) {
      this.files = files;
    }

    private List<String> names() {
      return Arrays.asList(files.strip().split("\\s+"));
    }
  }

  /** A read of the time of day, as a call or as a reference. */
  private static final Pattern READ =
      Pattern.compile(
          "currentTimeMillis\\b|\\b(Instant|LocalDate|LocalTime|LocalDateTime|OffsetDateTime"
              + "|ZonedDateTime|Year|YearMonth)(\\.|::)now\\b|\\.wallMillis\\(\\)|::wallMillis\\b"
              + "|(\\.|::)instant\\b|\\b(InstantSource|Clock)\\.system|\\bnew Date\\(\\)");

  private static boolean reads(String source) {
    return source
        .lines()
        .map(String::strip)
        .filter(line -> !line.startsWith("*") && !line.startsWith("//") && !line.startsWith("/*"))
        .anyMatch(line -> READ.matcher(line).find());
  }

  /** Files of main code, by their names without an ending. */
  private static Map<String, Path> mainFiles() throws IOException {
    Map<String, Path> found = new TreeMap<>();
    try (Stream<Path> rooms = Files.list(Rooms.root())) {
      for (Path room : rooms.filter(each -> Files.isDirectory(each.resolve("src/main"))).toList()) {
        try (Stream<Path> all = Files.walk(room.resolve("src/main"))) {
          all.filter(each -> each.toString().endsWith(".java"))
              .filter(each -> !each.endsWith("package-info.java"))
              .forEach(each -> found.put(each.getFileName().toString().replace(".java", ""), each));
        }
      }
    }
    return found;
  }

  @Test
  void whoReadsTheTimeOfDaySaysWhatFor() throws IOException {
    TreeSet<String> known = new TreeSet<>();
    List<String> twice = new ArrayList<>();
    for (Use use : Use.values()) {
      use.names().stream().filter(file -> !known.add(file)).forEach(twice::add);
    }
    TreeSet<String> found = new TreeSet<>();
    for (var each : mainFiles().entrySet()) {
      if (reads(Files.readString(each.getValue()))) {
        found.add(each.getKey());
      }
    }
    assertThat(twice).as("a file has one use").isEmpty();
    assertThat(found)
        .as("files that read the time of day: a timer takes monotonicNanos (docs/clocks.md)")
        .isEqualTo(known);
  }

  @Test
  void thePageHasEachUse() throws IOException {
    String page = Files.readString(Rooms.root().resolve("docs/clocks.md"));
    assertThat(Arrays.stream(Use.values()).map(use -> "| " + use.name() + " |"))
        .allSatisfy(row -> assertThat(page).contains(row));
  }

  @Test
  void canaryAReadIsFoundAndWhatIsNoneIsNot() {
    assertThat(
            List.of(
                "long now = System.currentTimeMillis();",
                "Instant at = Instant.now().plus(x);",
                "give(Instant::now)",
                "long a = clock.wallMillis();",
                "  .map(Now::wallMillis)",
                "if (clock.instant().isAfter(x)) {",
                "Clock.systemUTC()",
                "new Date()"))
        .allSatisfy(line -> assertThat(reads(line)).as(line).isTrue());
    assertThat(
            Stream.of(
                    " * {@link System#currentTimeMillis}, Instant.now()",
                    "// Instant.now() would jump.",
                    "long now = clock.monotonicNanos();",
                    "long wallMillis() {",
                    "use(wallMillis);",
                    "this.wallMillis = wallMillis;",
                    "new Date(wallMillis)")
                .filter(WallClockTest::reads)
                .collect(Collectors.joining()))
        .isEmpty();
  }
}
