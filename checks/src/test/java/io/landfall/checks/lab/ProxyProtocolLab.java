package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The PROXY protocol and TCP services with servers that others wrote: HAProxy in front of two
 * nodes, nginx and OpenSSL's server behind one of them.
 */
class ProxyProtocolLab {
  private static final String NAME = "mail.test";
  private static final long HOUR_MILLIS = 3_600_000;

  private static final String OVERLAY =
      """
      overlay: {block: 10.32.0.0/23, listen: "%s:8443", candidates: ["%s:8443"]}
      edge:
        listen:
          - {address: "%1$s:8080", proxy-protocol: [127.0.0.7/32]}
          - address: "%1$s:4443"
            proxy-protocol: [127.0.0.7/32]
            tls: {certificate: site.pem, key: site.key}
          - {address: "%1$s:5432", service: db}
      services:
      """;

  private static final String HERE =
      """
        web:
          identity: 10.32.1.1
          hosts: [web.test, site.test]
          backends: [{url: "http://127.0.0.1:9001", proxy-protocol: v2}]
          probe: {http: /, interval: 1s, timeout: 900ms, rise: 1}
        db:
          identity: 10.32.1.2
          tcp: {}
          backends: [{url: "tcp://127.0.0.1:9001", proxy-protocol: v1}]
          probe: {tcp: true, interval: 1s, timeout: 900ms, rise: 1}
        mail:
          identity: 10.32.1.3
          tcp: {server-names: [mail.test]}
          backends: ["tcp://127.0.0.1:9003"]
          probe: {tcp: true, interval: 1s, timeout: 900ms, rise: 1}
      """;

  private static final String ELSEWHERE =
      """
        web: {identity: 10.32.1.1, hosts: [web.test, site.test]}
        db: {identity: 10.32.1.2, tcp: {}}
        mail: {identity: 10.32.1.3, tcp: {server-names: [mail.test]}}
      """;

  @TempDir Path dir;

  @Test
  void haproxyInFrontAndNginxBehindAgreeOnTheClient() throws IOException {
    LabRequirements.require("ip-netns-root", "nginx", "haproxy", "openssl", "curl");
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    site(ca, "site", "site.test");
    site(ca, "mail", NAME);
    try (var namespace = NetworkNamespace.create("pxy", "fra")) {
      servers(namespace);
      List<String> services = List.of("web", "db", "mail");
      BfdSite fra =
          BfdSite.startWith(
              namespace,
              dir,
              ca,
              new BfdSite.Named("fra", 1, services),
              OVERLAY.formatted("127.0.0.1", "127.0.0.2") + HERE);
      BfdSite nyc =
          BfdSite.startWith(
              namespace,
              dir,
              ca,
              new BfdSite.Named("nyc", 2, services),
              OVERLAY.formatted("127.0.0.2", "127.0.0.1") + ELSEWHERE);
      fra.awaitStart();
      nyc.awaitStart();
      Await.until(
          "each is probed, with LOCAL where it has headers",
          () -> fra.show("services").split("\"healthy\":true", -1).length - 1 == 3,
          () -> fra.show("services"));
      Await.until(
          "the other node has its routes",
          () -> nyc.show("services").split("10.32.0.1", -1).length - 1 >= 3,
          () -> nyc.show("services") + nyc.output());
      // HAProxy listens on 7001 to 7003 for the first node, and on 7011 to 7013 for the second.
      for (int first : new int[] {7000, 7010}) {
        String plain = curl(namespace, first + 1, "http", "web.test", "127.0.0.5");
        assertThat(plain).startsWith("127.0.0.5:").contains(" for web.test");
        String secure = curl(namespace, first + 2, "https", "site.test", "127.0.0.6");
        assertThat(secure).startsWith("127.0.0.6:").contains(" for site.test");
        // What is not of the listed source has its own address, and no header.
        String node = first == 7000 ? "127.0.0.1" : "127.0.0.2";
        assertThat(get(namespace, node, 8080, "127.0.0.5"))
            .startsWith("127.0.0.5:")
            .contains(" for web.test");
        assertThat(get(namespace, node, 5432, "127.0.0.8"))
            .startsWith("127.0.0.8:")
            .contains(" for db.test");
        String mail =
            namespace.run(
                "/bin/sh",
                "-c",
                "echo Q | openssl s_client -connect 127.0.0.1:"
                    + (first + 2)
                    + " -servername mail.test -alpn imap 2>&1");
        assertThat(mail).contains("CONNECTED").contains("subject=O = Landfall, CN = mail.test");
      }
      assertThat(fra.ask("explain", "tcp://db")).contains("LOCAL_UP");
      assertThat(nyc.ask("explain", "tcp://db")).contains("REMOTE_UP");
      assertThat(nyc.show("tunnels")).contains("\"opened\":");
      assertThat(fra.show("decisions")).contains("\"method\":\"TCP\"");
    }
  }

  private void site(CertificateAuthority ca, String file, String name) throws IOException {
    CertificateAuthority.save(
        ca.issue(CertificateRequest.site(List.of(name), System.currentTimeMillis(), HOUR_MILLIS)),
        dir.resolve(file + ".pem"),
        dir.resolve(file + ".key"));
  }

  private static String curl(
      NetworkNamespace namespace, int port, String scheme, String host, String from) {
    return namespace.run(
        "/usr/bin/curl",
        "-sk",
        "-m",
        "10",
        "--interface",
        from,
        "--connect-to",
        host + ":" + port + ":127.0.0.1:" + port,
        scheme + "://" + host + ":" + port + "/");
  }

  private static String get(NetworkNamespace namespace, String to, int port, String from) {
    String host = port == 8080 ? "web.test" : "db.test";
    return namespace.run(
        "/usr/bin/curl",
        "-s",
        "-m",
        "10",
        "--interface",
        from,
        "-H",
        "Host: " + host,
        to + ":" + port + "/");
  }

  private void servers(NetworkNamespace namespace) throws IOException {
    Path nginx = dir.resolve("nginx.conf");
    Files.writeString(
        nginx,
        """
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.err;
        events {}
        http {
          access_log off;
          server {
            listen 127.0.0.1:9001 proxy_protocol;
            location / {
              return 200 "$proxy_protocol_addr:$proxy_protocol_port for $host";
            }
          }
        }
        """
            .formatted(dir));
    namespace.start("nginx", dir, List.of("/usr/sbin/nginx", "-c", nginx.toString()));
    namespace.start(
        "s_server",
        dir,
        List.of(
            "/usr/bin/openssl",
            "s_server",
            "-accept",
            "127.0.0.1:9003",
            "-cert",
            dir.resolve("mail.pem").toString(),
            "-key",
            dir.resolve("mail.key").toString(),
            "-www"));
    StringBuilder haproxy =
        new StringBuilder(
            """
            defaults
              mode tcp
              timeout connect 5s
              timeout client 20s
              timeout server 20s
            """);
    for (int node = 1; node <= 2; node++) {
      int first = node == 1 ? 7000 : 7010;
      listen(haproxy, first + 1, "127.0.0." + node + ":8080");
      listen(haproxy, first + 2, "127.0.0." + node + ":4443");
    }
    Path config = dir.resolve("haproxy.cfg");
    Files.writeString(config, haproxy);
    namespace.start("haproxy", dir, List.of("/usr/sbin/haproxy", "-f", config.toString()));
  }

  private static void listen(StringBuilder haproxy, int port, String to) {
    haproxy.append(
        """
        listen p%1$d
          bind 127.0.0.1:%1$d
          server node %2$s send-proxy-v2 proxy-v2-options crc32c source 127.0.0.7
        """
            .formatted(port, to));
  }
}
