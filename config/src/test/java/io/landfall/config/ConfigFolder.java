package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder with the files that a config names, and configs that differ from a good one by a word.
 */
final class ConfigFolder {
  /** A good config, one line a fact, so that a test can say which line is wrong. */
  static final String GOOD =
      """
      node:
        name: fra
        identity: 10.32.0.1
        region: eu
      overlay:
        block: 10.32.0.0/23
        listen: 127.0.0.1:8443
        candidates: [nyc.edge.example:8443]
        costs: {nyc: 50}
      trust:
        domain: cdn.example
        ca: ca.pem
        certificate: fra.pem
        key: fra.key
        entitlements: {nyc: [shop]}
      ingress:
        prefixes: [198.51.100.0/24]
        upstreams:
          - {address: 192.0.2.1, asn: 64500, local-asn: 64496, password-file: up1.key}
      edge:
        listen:
          - address: 127.0.0.1:4443
            tls: {certificate: site.pem, key: site.key}
          - address: 127.0.0.1:8080
      services:
        shop:
          identity: 10.32.1.10
          hosts: [shop.example]
          backends: ["http://10.0.0.7:8080"]
          probe: {http: /healthz, interval: 500ms, timeout: 300ms, fall: 2, rise: 3}
        media:
          identity: 10.32.1.11
          hosts: [media.example]
          cache: {max-object: 64MiB}
      admin:
        socket: run/fra.sock
        metrics: 127.0.0.1:9100
      """;

  private final Path folder;

  ConfigFolder(Path folder) {
    this.folder = folder;
    for (String name : List.of("ca.pem", "fra.pem", "fra.key", "site.pem", "site.key", "up1.key")) {
      write(name, "content of " + name + "\n");
    }
    write("purge.token", "0123456789abcdef0123456789abcdef\n");
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  NodeConfig valid(String text) {
    ConfigResult loaded = ConfigLoader.load(write("node.yaml", text));
    assertThat(loaded).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) loaded).config();
  }

  /** The problems of the good config with one piece replaced, without the folder's name. */
  List<String> problems(String piece, String replacement) {
    assertThat(GOOD).contains(piece);
    return problems(GOOD.replace(piece, replacement));
  }

  /** The problems of a config, without the folder's name. */
  List<String> problems(String text) {
    ConfigResult loaded = ConfigLoader.load(write("node.yaml", text));
    return switch (loaded) {
      case ConfigResult.Valid valid -> List.of();
      case ConfigResult.Invalid invalid ->
          invalid.problems().stream()
              .map(problem -> problem.toString().replace(folder + "/", ""))
              .toList();
    };
  }
}
