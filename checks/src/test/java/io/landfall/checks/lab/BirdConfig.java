package io.landfall.checks.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A BIRD 2 configuration that plays an upstream router: one BGP neighbour per call of {@link
 * #neighbor}, accepting everything into its table, and static routes that it exports to them.
 */
public final class BirdConfig {
  private final String routerId;
  private final long localAs;
  private final List<String> statics = new ArrayList<>();
  private final List<String> neighbors = new ArrayList<>();
  private final List<String> sections = new ArrayList<>();

  /** A router with an identifier and an AS number. */
  public BirdConfig(String routerId, long localAs) {
    this.routerId = routerId;
    this.localAs = localAs;
  }

  /** Adds a route to nowhere that is exported to every neighbour: junk for the other side. */
  public BirdConfig exportsStatic(String prefix) {
    statics.add("    route " + prefix + " blackhole;");
    return this;
  }

  /** Lets neighbours with {@code bfd on} be watched, at these timers. */
  public BirdConfig bfd(int intervalMillis, int multiplier) {
    sections.add(
        "protocol bfd { interface \"*\" { interval "
            + intervalMillis
            + " ms; multiplier "
            + multiplier
            + "; }; }");
    return this;
  }

  /** Adds protocols as they are. */
  BirdConfig section(String text) {
    sections.add(text);
    return this;
  }

  /** Adds a neighbour. */
  public BirdConfig neighbor(Neighbor neighbor) {
    List<String> lines = new ArrayList<>();
    lines.add("protocol bgp " + neighbor.name + " {");
    lines.add("  local " + neighbor.localAddress + " as " + localAs + ";");
    lines.add("  neighbor " + neighbor.address + " as " + neighbor.remoteAs + ";");
    lines.add("  connect delay time 1; connect retry time 1; error wait time 1, 2;");
    neighbor.md5Key.ifPresent(key -> lines.add("  password \"" + key + "\";"));
    if (neighbor.ttlSecurity) {
      lines.add("  ttl security on;");
    }
    neighbor.extra.forEach(line -> lines.add("  " + line));
    String family = neighbor.address.indexOf(':') >= 0 ? "ipv6" : "ipv4";
    lines.add("  " + family + " { import all; export all; };");
    lines.add("}");
    neighbors.add(String.join("\n", lines));
    return this;
  }

  /** The text of bird.conf. */
  public String text() {
    StringBuilder out = new StringBuilder();
    out.append("router id ").append(routerId).append(";\n");
    out.append("log stderr all;\n");
    out.append("debug protocols { states, events };\n");
    out.append("protocol device {}\n");
    sections.forEach(text -> out.append(text).append('\n'));
    if (!statics.isEmpty()) {
      String family = statics.getFirst().indexOf(':') >= 0 ? "ipv6" : "ipv4";
      out.append("protocol static junk {\n    ").append(family).append(";\n");
      statics.forEach(line -> out.append(line).append('\n'));
      out.append("}\n");
    }
    neighbors.forEach(text -> out.append(text).append('\n'));
    return out.toString();
  }

  /**
   * One BGP neighbour.
   *
   * @param name the protocol's name in BIRD
   * @param localAddress BIRD's own address
   * @param address the neighbour's address
   * @param remoteAs the neighbour's AS number
   * @param md5Key the TCP MD5 key, when there is one
   * @param ttlSecurity whether to demand GTSM (RFC 5082)
   * @param extra further lines for the protocol, such as {@code local role provider;}
   */
  public record Neighbor(
      String name,
      String localAddress,
      String address,
      long remoteAs,
      Optional<String> md5Key,
      boolean ttlSecurity,
      List<String> extra) {
    /** A neighbour with nothing special. */
    public static Neighbor plain(String name, String localAddress, String address, long remoteAs) {
      return new Neighbor(
          name, localAddress, address, remoteAs, Optional.empty(), false, List.of());
    }
  }
}
