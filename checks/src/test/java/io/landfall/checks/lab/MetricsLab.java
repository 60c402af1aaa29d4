package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.checks.Rooms;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes before a real Prometheus with the tree's rules, and the queries of its dashboards. */
class MetricsLab {
  private static final String CURL = "/usr/bin/curl";
  private static final String PROMTOOL = "/usr/bin/promtool";
  private static final String AT = "http://127.0.0.1:9090/api/v1/";
  private static final Path PACKAGING = Rooms.root().resolve("packaging");
  private static final Path RULES = PACKAGING.resolve("prometheus");
  private static final long YEAR_MILLIS = 365L * 24 * 3_600_000;

  /** A metric, or a series that a rule records. */
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:landfall_|landfall:|process_|jvm_)[a-z0-9_:]+");

  /** It has a series for each peer and rule once that has refused something, and none before. */
  private static final String ONLY_AFTER_A_REFUSAL = "landfall_overlay_refused_total";

  /** Those of nodes that have edge.acme, authorization or tracing: they must be on the page. */
  private static final List<String> OF_OTHER_CONFIGS =
      List.of(
          "landfall_acme_failures",
          "landfall_acme_issued",
          "landfall_authorization_total",
          "landfall_spans_total");

  private static final Pattern EXPRESSION =
      Pattern.compile("\"(?:expr|query|definition)\": \"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern RUNBOOK = Pattern.compile("runbook: docs/alerts\\.md#(\\S+)");
  private static final Pattern HEADING = Pattern.compile("(?m)^## (\\S+)$");
  private static final Pattern HOLD = Pattern.compile("(?m)^( +for: )\\w+$");

  @TempDir Path dir;

  @Test
  void eachRuleIsTestedAndHasItsParagraph() throws IOException {
    LabRequirements.require("ip-netns-root", "prometheus");
    try (NetworkNamespace namespace = NetworkNamespace.create("metrics", "rules")) {
      assertThat(
              namespace.must(
                  PROMTOOL, "test", "rules", RULES.resolve("landfall-alerts-test.yml").toString()))
          .contains("SUCCESS");
    }
    String alerts = Files.readString(RULES.resolve("landfall-alerts.yml"));
    String tests = Files.readString(RULES.resolve("landfall-alerts-test.yml"));
    TreeSet<String> headings = new TreeSet<>();
    HEADING
        .matcher(Files.readString(Rooms.root().resolve("docs/alerts.md")))
        .results()
        .forEach(each -> headings.add(each.group(1)));
    TreeSet<String> named = new TreeSet<>();
    Pattern.compile("alert: (\\S+)").matcher(alerts).results().forEach(e -> named.add(e.group(1)));
    assertThat(named).hasSizeGreaterThan(20).isEqualTo(headings);
    assertThat(RUNBOOK.matcher(alerts).results().map(each -> each.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            named.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList());
    for (String each : named) {
      assertThat(tests).contains(each + " fires\n", each + " does not fire\n");
    }
  }

  @Test
  void whatRulesAndDashboardsNameIsInARealScrapeAndABackendThatDiesFires() throws IOException {
    LabRequirements.require("ip-netns-root", "prometheus", "nginx", "curl");
    try (NetworkNamespace namespace = NetworkNamespace.create("metrics", "fra")) {
      ChildProcess backend = nginx(namespace);
      List<BfdSite> nodes = nodes(namespace);
      prometheus(namespace);
      load(namespace);

      TreeSet<String> missing = new TreeSet<>(names());
      assertThat(missing.remove(ONLY_AFTER_A_REFUSAL)).isTrue();
      assertThat(missing).containsAll(OF_OTHER_CONFIGS);
      assertThat(Files.readString(Rooms.root().resolve("docs/metrics.md")))
          .contains(OF_OTHER_CONFIGS);
      OF_OTHER_CONFIGS.forEach(missing::remove);
      Await.until(
          "every metric that a rule or a dashboard names has a sample",
          () -> {
            load(namespace);
            Pattern.compile("\"([^\"]+)\"")
                .matcher(namespace.run(CURL, "-s", AT + "label/__name__/values"))
                .results()
                .forEach(each -> missing.remove(each.group(1)));
            return missing.isEmpty();
          },
          () -> missing + namespace.run(CURL, "-s", "127.0.0.1:9201/metrics"));
      everyQueryIsOne(namespace);
      for (int port : List.of(9201, 9202)) {
        assertThat(
                namespace.run(
                    "/bin/sh",
                    "-c",
                    CURL + " -s 127.0.0.1:" + port + "/metrics | " + PROMTOOL + " check metrics"))
            .as("what promtool finds in a scrape")
            .isEmpty();
      }
      everyMetricOfTheScrapeIsOnThePage(namespace);
      nativeHistograms(namespace);

      assertThat(firing(namespace)).doesNotContain("LandfallBackendDown");
      backend.kill();
      Await.until(
          "the alert fires",
          () -> firing(namespace).contains("LandfallBackendDown"),
          () -> namespace.run(CURL, "-s", AT + "alerts") + nodes.getFirst().show("services"));
      assertThat(namespace.run(CURL, "-s", AT + "alerts"))
          .contains("127.0.0.1:9001 of shop is down at 127.0.0.1:9201")
          .contains("docs/alerts.md#landfallbackenddown");
    }
  }

  /** The names of alerts that fire. */
  private static Set<String> firing(NetworkNamespace namespace) {
    TreeSet<String> names = new TreeSet<>();
    String answer = query(namespace, "count by (alertname) (ALERTS{alertstate=\"firing\"})");
    Pattern.compile("\"alertname\":\"(\\w+)\"")
        .matcher(answer)
        .results()
        .forEach(each -> names.add(each.group(1)));
    return names;
  }

  private static String query(NetworkNamespace namespace, String expression) {
    return namespace.run(CURL, "-s", "-G", AT + "query", "--data-urlencode", "query=" + expression);
  }

  /** The metrics that alerts, recording rules and dashboards name. */
  private static Set<String> names() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String rules : List.of("landfall-alerts.yml", "landfall-rules.yml")) {
      // Comments, groups and annotations name none.
      Files.readString(RULES.resolve(rules))
          .lines()
          .filter(line -> !line.matches(" *(#|- name:|summary:|runbook:).*"))
          .forEach(line -> text.append(line).append('\n'));
    }
    expressions().forEach(each -> text.append(each).append('\n'));
    TreeSet<String> names = new TreeSet<>();
    METRIC.matcher(text).results().forEach(each -> names.add(each.group()));
    assertThat(names).hasSizeGreaterThan(50);
    return names;
  }

  /** The queries of dashboards, with all sites and services chosen. */
  private static List<String> expressions() throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(PACKAGING.resolve("grafana"))) {
      for (Path file : files.sorted().toList()) {
        List<String> found =
            EXPRESSION
                .matcher(Files.readString(file))
                .results()
                .map(each -> each.group(1).replace("\\\"", "\""))
                .map(each -> each.replaceAll("\\$(instance|service)\\b", ".*"))
                .toList();
        assertThat(found).as(file.toString()).hasSizeGreaterThan(10);
        all.addAll(found);
      }
    }
    return all;
  }

  private static void everyQueryIsOne(NetworkNamespace namespace) throws IOException {
    for (String each : expressions()) {
      // Not PromQL, but what Grafana asks for the values of a variable.
      if (!each.startsWith("label_values(") && !each.equals("prometheus")) {
        assertThat(query(namespace, each)).as(each).contains("\"status\":\"success\"");
      }
    }
  }

  private static void everyMetricOfTheScrapeIsOnThePage(NetworkNamespace namespace)
      throws IOException {
    String page = Files.readString(Rooms.root().resolve("docs/metrics.md"));
    Pattern type = Pattern.compile("(?m)^# TYPE (\\S+) ");
    List<String> found =
        type.matcher(namespace.run(CURL, "-s", "127.0.0.1:9201/metrics"))
            .results()
            .map(each -> each.group(1))
            .toList();
    assertThat(found)
        .hasSizeGreaterThan(90)
        .allSatisfy(name -> assertThat(page).contains("\n| `" + name + "` |"));
  }

  private List<BfdSite> nodes(NetworkNamespace namespace) throws IOException {
    CertificateAuthority ca = BfdSite.authority(dir);
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.site(
                List.of("shop.test"), System.currentTimeMillis(), YEAR_MILLIS / 2)),
        dir.resolve("site.pem"),
        dir.resolve("site.key"));
    BfdSite fra =
        BfdSite.startWith(
            namespace,
            dir,
            ca,
            new BfdSite.Named("fra", 1, List.of("shop")),
            """
            edge:
              listen:
                - address: "127.0.0.1:8081"
                - {address: "127.0.0.1:8443", tls: {certificate: site.pem, key: site.key}}
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:7441", candidates: ["127.0.0.1:7442"]}
            cache: {memory: 16MiB, disk: {path: "%1$s/disk", size: 128MiB}}
            access-log: {file: "%1$s/access.log"}
            ingress:
              prefixes: [198.51.100.0/24]
              upstreams: [{address: 127.0.0.2, asn: 64500, local-asn: 64510}]
            services:
              shop:
                identity: 10.32.1.10
                hosts: [shop.test]
                backends: ["http://127.0.0.1:9001"]
                probe: {tcp: true, interval: 500ms, rise: 1, fall: 1}
                cache: {}
            """
                .formatted(dir));
    BfdSite nyc =
        BfdSite.startWith(
            namespace,
            dir,
            ca,
            new BfdSite.Named("nyc", 2, List.of("shop")),
            """
            edge: {listen: [{address: "127.0.0.1:8082"}]}
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:7442", candidates: ["127.0.0.1:7441"]}
            services:
              shop: {identity: 10.32.1.10, hosts: [shop.test], cache: {}}
            """);
    fra.awaitStart();
    nyc.awaitStart();
    Await.until(
        "nyc can forward to fra",
        () -> nyc.show("services").contains("\"usable\":true"),
        () -> nyc.show("services") + fra.output() + nyc.output());
    return List.of(fra, nyc);
  }

  private ChildProcess nginx(NetworkNamespace namespace) throws IOException {
    Path www = Files.createDirectory(dir.resolve("www"));
    Files.writeString(www.resolve("page.html"), "hello");
    Path config = dir.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        master_process off;
        user root;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.err;
        events {}
        http {
          access_log off;
          server { listen 127.0.0.1:9001; root %1$s/www; }
        }
        """
            .formatted(dir));
    return namespace.start("nginx", dir, List.of("/usr/sbin/nginx", "-c", config.toString()));
  }

  /** Prometheus with the rules of the tree, whose alerts wait for a second each. */
  private void prometheus(NetworkNamespace namespace) throws IOException {
    Files.copy(RULES.resolve("landfall-rules.yml"), dir.resolve("landfall-rules.yml"));
    String alerts = Files.readString(RULES.resolve("landfall-alerts.yml"));
    Files.writeString(dir.resolve("landfall-alerts.yml"), HOLD.matcher(alerts).replaceAll("$11s"));
    Path config = dir.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [landfall-rules.yml, landfall-alerts.yml]
        scrape_configs:
          - job_name: landfall
            static_configs: [{targets: ["127.0.0.1:9201", "127.0.0.1:9202"]}]
        """);
    namespace.start(
        "prometheus",
        dir,
        List.of(
            "/usr/bin/prometheus",
            "--config.file=" + config,
            "--storage.tsdb.path=" + dir.resolve("tsdb"),
            "--web.listen-address=127.0.0.1:9090"));
    Await.until(
        "Prometheus has scraped both nodes",
        () -> query(namespace, "sum(up{job=\"landfall\"})").contains("\"2\""),
        () -> query(namespace, "up"));
  }

  /**
   * One that asks for native histograms has both kinds; quantiles of the native ones are closer.
   */
  private void nativeHistograms(NetworkNamespace namespace) throws IOException {
    Path config = dir.resolve("native.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: landfall
            static_configs: [{targets: ["127.0.0.1:9201", "127.0.0.1:9202"]}]
        """);
    namespace.start(
        "native",
        dir,
        List.of(
            "/usr/bin/prometheus",
            "--config.file=" + config,
            "--enable-feature=native-histograms",
            "--storage.tsdb.path=" + dir.resolve("native"),
            "--web.listen-address=127.0.0.1:9091"));
    for (String each :
        List.of(
            "histogram_count(landfall_request_duration_seconds{outcome=\"serve\"}) > 0",
            "histogram_quantile(0.9, landfall_backend_first_byte_seconds) > 0",
            "histogram_count(landfall_forward_first_byte_seconds) > 0",
            "landfall_requests_total > 0",
            "landfall_control_step_seconds_bucket{le=\"+Inf\"} > 0")) {
      Await.until(
          each,
          () -> nativeQuery(namespace, each).contains("\"value\":"),
          () -> nativeQuery(namespace, "up") + nativeQuery(namespace, each));
    }
    assertThat(nativeQuery(namespace, "landfall_request_duration_seconds_bucket"))
        .contains("\"result\":[]");
  }

  private static String nativeQuery(NetworkNamespace namespace, String expression) {
    return namespace.run(
        CURL,
        "-s",
        "-G",
        "http://127.0.0.1:9091/api/v1/query",
        "--data-urlencode",
        "query=" + expression);
  }

  /** Some requests to each node, of which one forwards them all. */
  private static void load(NetworkNamespace namespace) {
    for (int port : List.of(8081, 8082)) {
      namespace.run(
          CURL,
          "-s",
          "-o",
          "/dev/null",
          "-H",
          "Host: shop.test",
          "http://127.0.0.1:" + port + "/page.html?[1-20]");
    }
  }
}
