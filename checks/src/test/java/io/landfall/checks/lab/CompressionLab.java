package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node before nginx: what its variants are to curl, which others wrote. */
class CompressionLab {
  private static final String TEXT = "Sites differ: not every cache is warm. ".repeat(200);

  @TempDir Path dir;

  @Test
  void curlReadsEachCodingAndResumesWhatWasReceived() throws IOException {
    LabRequirements.require("ip-netns-root", "nginx", "curl");
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    try (var namespace = NetworkNamespace.create("zip", "fra")) {
      nginx(namespace);
      BfdSite fra = node(namespace, ca);
      Await.until(
          "its backend is up",
          () -> fra.show("services").contains("\"healthy\":true"),
          () -> fra.show("services"));
      assertThat(get(namespace, "-H", "Accept-Encoding: gzip")).contains("fwd=uri-miss");
      for (String coding : List.of("gzip", "br", "zstd")) {
        String accept = "Accept-Encoding: " + coding;
        Await.until(
            coding + " is made",
            () -> get(namespace, "-H", accept).contains("detail=" + coding),
            () -> get(namespace, "-H", accept));
        String answer = get(namespace, "--compressed", "-H", accept);
        assertThat(answer)
            .containsIgnoringCase("content-encoding: " + coding)
            .containsIgnoringCase("vary: accept-encoding")
            .containsIgnoringCase("etag: W/\"")
            .endsWith(TEXT);
        String tag = answer.replaceAll("(?is).*\\netag: ([^\\r\\n]*)\\r.*", "$1");
        assertThat(get(namespace, "-H", accept, "-H", "If-None-Match: " + tag))
            .startsWith("HTTP/1.1 304 ");
        assertThat(
                get(namespace, "-r", "10-", "-H", accept, "-H", "If-Range: " + tag, "--compressed"))
            .as("a variant is not resumed")
            .startsWith("HTTP/1.1 200 ")
            .endsWith(TEXT);
      }
      assertThat(get(namespace, "-r", "10-99", "-H", "Accept-Encoding: br"))
          .startsWith("HTTP/1.1 206 ")
          .endsWith(TEXT.substring(10, 100));
      assertThat(get(namespace)).endsWith(TEXT).doesNotContainIgnoringCase("content-encoding");
      assertThat(fra.show("cache")).contains("\"objects\":1").contains("\"disks\":[]");
    }
  }

  private static String get(NetworkNamespace namespace, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("/usr/bin/curl", "-s", "-i", "-m", "10", "-H", "Host: shop.test", "-o", "-"));
    all.addAll(List.of(more));
    all.add("127.0.0.1:8080/a.html");
    return namespace.run(all.toArray(String[]::new));
  }

  private void nginx(NetworkNamespace namespace) throws IOException {
    Path files = Files.createDirectory(dir.resolve("www"));
    Files.writeString(files.resolve("a.html"), TEXT);
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
          server {
            listen 127.0.0.1:9001;
            location / { root %1$s/www; add_header Cache-Control "max-age=600"; }
          }
        }
        """
            .formatted(dir));
    namespace.start("nginx", dir, List.of("/usr/sbin/nginx", "-c", config.toString()));
  }

  private BfdSite node(NetworkNamespace namespace, CertificateAuthority ca) throws IOException {
    return BfdSite.start(
            namespace,
            dir,
            ca,
            new BfdSite.Named("fra", 1, List.of("shop")),
            """
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
            services:
              shop:
                identity: 10.32.1.1
                hosts: [shop.test]
                backends: ["http://127.0.0.1:9001"]
                probe: {tcp: true, interval: 1s, timeout: 900ms, rise: 1}
                cache: {compress: {}}
            """)
        .awaitStart();
  }
}
