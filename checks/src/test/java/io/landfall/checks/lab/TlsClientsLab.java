package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener with TLS, before those who know it best: a scanner and a browser. */
class TlsClientsLab {
  private static final String NAME = "app.test";
  private static final String AT = "https://" + NAME + ":8443/";
  private static final long YEAR_MILLIS = 365L * 24 * 3_600_000;

  /** A line of testssl.sh's flat JSON. */
  private static final Pattern FINDING =
      Pattern.compile(
          "\"id\"\\s*:\\s*\"([^\"]*)\"[^}]*?\"severity\"\\s*:\\s*\"([^\"]*)\"[^}]*?\"finding\"\\s*:\\s*\"([^\"]*)\"");

  /** What a scanner reports of a certificate of a CA of one's own, and of its own machine. */
  private static final Pattern OF_THE_CA =
      Pattern.compile(
          "cert_chain_of_trust|cert_revocation|cert_trust|DNS_CAArecord|engine_problem");

  @TempDir Path dir;
  private CertificateAuthority ca;

  @BeforeEach
  void certificates() throws IOException {
    LabRequirements.require("ip-netns-root", "openssl", "nginx");
    ca = BfdSite.authority(dir);
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.site(List.of(NAME), System.currentTimeMillis(), YEAR_MILLIS / 2)),
        dir.resolve("site.pem"),
        dir.resolve("site.key"));
  }

  @Test
  void theScannerFindsNothing() throws IOException {
    LabRequirements.require("testssl");
    try (var namespace = NetworkNamespace.create("tlsscan", "fra")) {
      start(namespace);
      Path found = dir.resolve("found.json");
      String output =
          namespace.run(
              "/usr/bin/testssl",
              "--quiet",
              "--color=0",
              "--warnings=off",
              "--openssl-timeout=10",
              "--ip=127.0.0.1",
              "--add-ca=" + dir.resolve("ca.pem"),
              "-p",
              "-s",
              "-f",
              "-P",
              "-S",
              "-U",
              "--jsonfile=" + found,
              AT);
      List<String> all = new ArrayList<>();
      List<String> bad = new ArrayList<>();
      FINDING.matcher(Files.readString(found)).results().forEach(each -> judge(each, all, bad));
      assertThat(all).as(output).hasSizeGreaterThan(60).contains("heartbleed", "ROBOT", "TLS1_3");
      assertThat(bad).as(output).isEmpty();
    }
  }

  private static void judge(MatchResult each, List<String> all, List<String> bad) {
    all.add(each.group(1));
    boolean fine = List.of("OK", "INFO", "DEBUG").contains(each.group(2));
    if (!fine && !OF_THE_CA.matcher(each.group(1)).matches()) {
      bad.add(each.group(1) + " " + each.group(2) + " " + each.group(3));
    }
  }

  @Test
  void aBrowserUsesHttp2AndWebSocketOverIt() throws IOException {
    LabRequirements.require("chromium");
    try (var namespace = NetworkNamespace.create("browser", "fra")) {
      BfdSite node = start(namespace);
      String page =
          namespace.run(
              "/usr/bin/chromium",
              "--headless=new",
              "--no-sandbox",
              "--disable-gpu",
              "--disable-dev-shm-usage",
              "--no-first-run",
              "--user-data-dir=" + dir.resolve("profile"),
              "--ignore-certificate-errors",
              "--host-resolver-rules=MAP " + NAME + " 127.0.0.1",
              "--log-level=3",
              "--dump-dom",
              AT + "page.html");
      assertThat(page)
          .as(node.output())
          .contains("fetched h2 status 200")
          .contains("socket echoed hello")
          .contains("large 3000000 bytes")
          .contains("posted 405");
      assertThat(node.show("tunnels")).as("the socket is a tunnel").contains("\"opened\":1");
      assertThat(namespace.run("/usr/bin/curl", "-s", "127.0.0.1:9201/metrics"))
          .contains("landfall_edge_client_requests_total{version=\"1\"} 0.0")
          .containsPattern("landfall_edge_client_requests_total\\{version=\"2\"} [1-9]");
    }
  }

  private BfdSite start(NetworkNamespace namespace) throws IOException {
    nginx(namespace);
    namespace.start("echo", dir, TestJvm.small(48, WebSocketEcho.class.getName(), "9002"));
    BfdSite node =
        BfdSite.startWith(
                namespace,
                dir,
                ca,
                new BfdSite.Named("fra", 1, List.of("app", "socket")),
                """
                edge: {listen: [{address: "127.0.0.1:8443", tls: {certificate: site.pem, key: site.key}}]}
                overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:7443"}
                services:
                  app:
                    identity: 10.32.1.1
                    hosts: [app.test]
                    backends: ["http://127.0.0.1:9001"]
                    probe: {tcp: true, interval: 500ms, rise: 1}
                  socket:
                    identity: 10.32.1.2
                    hosts: [app.test]
                    paths: [/socket]
                    backends: ["http://127.0.0.1:9002"]
                    probe: {tcp: true, interval: 500ms, rise: 1}
                """)
            .awaitStart();
    Await.until(
        "both are up",
        () -> node.show("services").split("\"healthy\":true", -1).length - 1 == 2,
        () -> node.show("services"));
    return node;
  }

  private void nginx(NetworkNamespace namespace) throws IOException {
    Path www = Files.createDirectory(dir.resolve("www"));
    Files.writeString(www.resolve("page.html"), PAGE);
    Files.write(www.resolve("large"), new byte[3_000_000]);
    Path config = dir.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        user root;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.err;
        events {}
        http {
          access_log off;
          types { text/html html; }
          server { listen 127.0.0.1:9001; root %1$s/www; }
        }
        """
            .formatted(dir));
    namespace.start("nginx", dir, List.of("/usr/sbin/nginx", "-c", config.toString()));
  }

  private static final String PAGE =
      """
      <!doctype html><html lang="en"><title>t</title><body><pre id="out"></pre>
      <img src="/socket/until-closed" alt=""><script>
      const say = (line) => { document.getElementById("out").textContent += line + "\\n"; };
      (async () => {
        const answer = await fetch("/page.html?again");
        await answer.text();
        const used = performance.getEntriesByType("resource").map((e) => e.nextHopProtocol);
        say("fetched " + used[0] + " status " + answer.status);
        const large = await (await fetch("/large")).arrayBuffer();
        say("large " + large.byteLength + " bytes");
        const posted = await fetch("/page.html", { method: "POST", body: "x".repeat(100000) });
        say("posted " + posted.status);
        const socket = new WebSocket("wss://" + location.host + "/socket");
        socket.onopen = () => socket.send("hello");
        socket.onmessage = (m) => { say("socket echoed " + m.data); socket.close(); };
        socket.onerror = () => say("socket failed");
      })().catch((e) => say("failed: " + e));
      </script></body></html>
      """;
}
