package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backends over TLS that others wrote: nginx, and OpenSSL's server in versions and with
 * certificates of each kind.
 */
class TlsBackendsLab {
  private static final String NAME = "app.internal";
  private static final long HOUR_MILLIS = 3_600_000;

  @TempDir Path dir;
  private final StringBuilder services = new StringBuilder("services:\n");
  private final List<String> entitled = new ArrayList<>();

  @Test
  void nginxAndOpensslAreVerifiedProbedAndServedOrDownWithTheReason() throws IOException {
    LabRequirements.require("ip-netns-root", "nginx", "openssl", "curl");
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    certificates(ca);
    try (var namespace = NetworkNamespace.create("tls", "fra")) {
      nginx(namespace);
      for (String good : List.of("-tls1_2", "-tls1_3")) {
        server(namespace, "good" + good.charAt(good.length() - 1), "good", good);
      }
      server(namespace, "old", "good", "-tls1");
      server(namespace, "old1", "good", "-tls1_1");
      server(namespace, "expired", "expired", "-tls1_3");
      server(namespace, "elsewhere", "elsewhere", "-tls1_2");
      server(namespace, "foreign", "foreign", "-tls1_3");
      BfdSite fra = node(namespace, ca);
      Await.until(
          "each has had its verdict",
          () -> count(fra, "\"healthy\":true") == 4 && count(fra, "\"lastError\":null") == 4,
          () -> fra.show("services"));

      for (String up : List.of("nginx", "mutual", "good2", "good3")) {
        assertThat(get(namespace, up)).as(up).startsWith("HTTP/1.1 200 ");
      }
      assertThat(get(namespace, "nginx")).endsWith("from nginx");
      assertThat(get(namespace, "mutual")).contains("client CN=fra");
      assertThat(get(namespace, "good3")).contains("s_server").contains("</BODY></HTML>");
      for (String down : List.of("old", "old1", "expired", "elsewhere", "foreign")) {
        assertThat(get(namespace, down)).as(down).startsWith("HTTP/1.1 503 ");
      }
      assertThat(fra.show("services"))
          .contains("the certificate is not accepted: NotAfter: ")
          .contains("No subject alternative DNS name matching " + NAME)
          .contains("unable to find valid certification path")
          .containsIgnoringCase("PROTOCOL_VERSION");
    }
  }

  private static int count(BfdSite fra, String words) {
    return fra.show("services").split(words, -1).length - 1;
  }

  private static String get(NetworkNamespace namespace, String service) {
    return namespace.run(
        "/usr/bin/curl", "-si", "-m", "10", "-H", "Host: " + service + ".test", "127.0.0.1:8080/");
  }

  private void certificates(CertificateAuthority ca) throws IOException {
    long now = System.currentTimeMillis();
    CertificateRequest good = CertificateRequest.site(List.of(NAME), now, HOUR_MILLIS);
    save(ca, "good", good);
    save(ca, "expired", good.withValidity(now - 2 * HOUR_MILLIS, now - HOUR_MILLIS));
    save(ca, "elsewhere", good.withDnsNames("other.internal"));
    save(CertificateAuthority.generate("other", now), "foreign", good);
  }

  private void save(CertificateAuthority by, String file, CertificateRequest request)
      throws IOException {
    CertificateAuthority.save(
        by.issue(request), dir.resolve(file + ".pem"), dir.resolve(file + ".key"));
  }

  private void nginx(NetworkNamespace namespace) throws IOException {
    Path config = dir.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.err;
        events {}
        http {
          access_log off;
          ssl_certificate %1$s/good.pem;
          ssl_certificate_key %1$s/good.key;
          server { listen 127.0.0.1:9001 ssl; location / { return 200 "from nginx"; } }
          server {
            listen 127.0.0.1:9002 ssl;
            ssl_client_certificate %1$s/ca.pem;
            ssl_verify_client on;
            location / { return 200 "client $ssl_client_s_dn"; }
          }
        }
        """
            .formatted(dir));
    namespace.start("nginx", dir, List.of("/usr/sbin/nginx", "-c", config.toString()));
    service("nginx", 9001, "");
    service("mutual", 9002, ", certificate: fra.pem, key: fra.key");
  }

  /** One of OpenSSL's, which answers each request with a page that only its end ends. */
  private void server(NetworkNamespace namespace, String service, String key, String version) {
    int port = 9100 + entitled.size();
    List<String> command =
        List.of(
            "/usr/bin/openssl",
            "s_server",
            "-accept",
            "127.0.0.1:" + port,
            "-cert",
            dir.resolve(key + ".pem").toString(),
            "-key",
            dir.resolve(key + ".key").toString(),
            "-cipher",
            "ALL:@SECLEVEL=0",
            "-www",
            version);
    namespace.start(service, dir, command);
    service(service, port, "");
  }

  private void service(String name, int port, String more) {
    entitled.add(name);
    services.append(
        """
          %1$s:
            identity: 10.32.1.%2$d
            hosts: [%1$s.test]
            backends: ["https://127.0.0.1:%3$d"]
            backend-tls: {ca: ca.pem, name: %4$s%5$s}
            probe: {tcp: true, interval: 1s, timeout: 900ms, rise: 1}
        """
            .formatted(name, entitled.size(), port, NAME, more));
  }

  private BfdSite node(NetworkNamespace namespace, CertificateAuthority ca) throws IOException {
    return BfdSite.start(
            namespace,
            dir,
            ca,
            new BfdSite.Named("fra", 1, entitled),
            """
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
            """
                + services)
        .awaitStart();
  }
}
