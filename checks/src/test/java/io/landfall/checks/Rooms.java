package io.landfall.checks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of rooms and arrows (docs/ARCHITECTURE.md), once, for every layer that proves it:
 * Maven, module descriptors, ArchUnit.
 *
 * <p>To add a room or an arrow, change the room's pom and descriptor, then this table, then the
 * page.
 */
public enum Rooms {
  /** The words as types, and the ports. */
  CORE("", "", ".", 10),
  /** Bytes to messages and back; knows no plane. */
  BGP("core", "", ". .peering .watch", 30),
  /** Liveness of a path; knows no plane either. */
  BFD("core", "", ".", 15),
  /** Plane one. */
  INGRESS("core bgp", "", ".", 12),
  /** Plane two; service hosts that speak BGP are a package of their own. */
  OVERLAY("core bgp", "", ". .servicehost", 15),
  /** Who a peer is. */
  TRUST("core", "", ".", 20),
  /** Whether a service works: probes, leases, hosts, operators. */
  SIGNAL("core", "", ".", 15),
  /** Serve, Forward or Decline. */
  DECISION("core", "", ".", 5),
  /** RFC 9111 as pure rules. */
  CACHE("core", "", ". .fleet", 40),
  /** Plane two of one node as one machine. */
  CONTROL("core bgp bfd overlay trust signal decision", "", ".", 15),
  /** The HTTP data plane. */
  EDGE(
      "core cache decision",
      "com.aayushatharva.brotli4j com.github.benmanes.caffeine com.github.luben.zstd_jni io.netty.buffer io.netty.codec io.netty.codec.http io.netty.codec.http2 io.netty.common io.netty.handler"
          + " io.netty.transport io.netty.transport.classes.epoll io.netty.transport.unix.common org.slf4j",
      ". .access .h1 .proxy .purges .server .tls",
      70),
  /** Spans of sampled requests to a collector; a node without tracing does not load it. */
  TRACING(
      "core decision edge",
      "io.opentelemetry.api io.opentelemetry.exporter.internal io.opentelemetry.exporter.otlp io.opentelemetry.sdk.common"
          + " io.opentelemetry.sdk.trace java.logging org.slf4j",
      "",
      4),
  /** Bytes in and out; knows no plane. */
  TRANSPORT(
      "core trust",
      "io.netty.buffer io.netty.codec io.netty.codec.http2 io.netty.common io.netty.handler io.netty.transport"
          + " io.netty.transport.classes.epoll io.netty.transport.unix.common org.slf4j",
      ". .probe .takeover .tcp .tls .udp",
      20),
  /** One YAML file to records. */
  CONFIG("core", "org.snakeyaml.engine", ".", 40),
  /** What may be asked of a node, and its one JSON. */
  ADMIN(
      "core",
      "io.netty.buffer io.netty.codec io.netty.codec.http io.netty.common io.netty.handler io.netty.transport"
          + " io.netty.transport.classes.epoll io.netty.transport.unix.common io.prometheus.metrics.config"
          + " io.prometheus.metrics.instrumentation.jvm io.prometheus.metrics.model io.prometheus.writer.text java.management jdk.management org.slf4j tools.jackson.core",
      ". .client .json .metrics .model",
      40),
  /** Gets certificates of sites from a CA. */
  ACME("core trust", "java.net.http tools.jackson.core", ".", 12),
  /** Makes certificates. */
  CA("core trust", "org.bouncycastle.provider org.bouncycastle.pkix", ".", 4),
  /** The daemon. */
  NODE(
      "core bgp bfd ingress overlay trust signal decision cache control edge transport config admin acme",
      "ch.qos.logback.classic ch.qos.logback.core io.netty.buffer io.netty.codec"
          + " io.netty.codec.http2 io.netty.common io.netty.handler io.netty.transport"
          + " io.netty.transport.classes.epoll io.netty.transport.unix.common jdk.unsupported org.slf4j",
      ". .log",
      40),
  /** The command. */
  CLI("admin ca config core node trust", "info.picocli", ".", 20),
  /** A whole CDN on one machine, with a CA and the upstreams' routers. */
  LAB("core admin bgp ca config node trust", "info.picocli tools.jackson.core", ". .host", 40),
  /** The program of the tree: where the commands of cli and lab meet. */
  LAUNCHER("cli lab", "", ".", 2),
  /** What tests of several rooms share; no main code may use it, so no row above names it. */
  TESTKIT("", "java.management java.xml org.junit.jupiter.api", ".", 6);

  // Space-separated words; in the exports "." is the room's root package, ".ca" one in it.
  private final String arrows;
  private final String libraries;
  private final String exported;
  private final int fewestClasses;

  Rooms(String arrows, String libraries, String exported, int fewestClasses) {
    this.arrows = arrows;
    this.libraries = libraries;
    this.exported = exported;
    this.fewestClasses = fewestClasses;
  }

  /** The room's word: its folder, and the last part of its module name. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name of its Java module, which is its root package too. */
  public String module() {
    return "io.landfall." + word();
  }

  /** The rooms that its module descriptor may name. */
  public Set<String> arrows() {
    return words(arrows);
  }

  /** Whether a class of this room may use a class of that one. */
  public boolean mayUse(Rooms other) {
    return this == other || arrows().contains(other.word());
  }

  /**
   * The modules that are not ours and that its descriptor names, without java.base and jspecify.
   */
  public Set<String> libraries() {
    return words(libraries);
  }

  /** The packages that it exports to everyone. */
  public Set<String> exportedPackages() {
    Set<String> packages = new TreeSet<>();
    words(exported).forEach(tail -> packages.add(module() + (tail.equals(".") ? "" : tail)));
    return packages;
  }

  /** Whether the room has commands, whose options picocli fills in by reflection. */
  public boolean hasCommands() {
    return libraries().contains("info.picocli");
  }

  /** Every room that its arrows reach, directly or through others. */
  public Set<Rooms> reach() {
    Set<Rooms> reached = EnumSet.noneOf(Rooms.class);
    for (Rooms other : others()) {
      if (mayUse(other)) {
        reached.add(other);
        reached.addAll(other.reach());
      }
    }
    return reached;
  }

  /**
   * Whether the room is a pure state object or function, driven with events and times by its owner.
   */
  public boolean isFunctionalCore() {
    return compareTo(EDGE) < 0;
  }

  /** Fewer classes than this mean that the reader of classes reads nothing. */
  public int fewestClasses() {
    return fewestClasses;
  }

  /** The room's folder. */
  public Path folder() {
    return root().resolve(word());
  }

  /** Where the room's compiled main code lies. */
  public Path classes() {
    return folder().resolve("target").resolve("classes");
  }

  /** Every room but this one. */
  public List<Rooms> others() {
    return Arrays.stream(values()).filter(room -> room != this).toList();
  }

  /** The root of the tree: the nearest folder upwards that holds the parent pom and the rooms. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null
        && !Files.isRegularFile(folder.resolve("core/src/main/java/module-info.java"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("run this inside the tree");
    }
    return folder;
  }

  private static Set<String> words(String text) {
    Set<String> words = new TreeSet<>();
    Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).forEach(words::add);
    return words;
  }
}
