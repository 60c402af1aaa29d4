package io.landfall.checks.lab;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.SessionConfig;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.ingress.Announcement;
import io.landfall.ingress.AnycastPrefix;
import io.landfall.ingress.Ingress;
import io.landfall.ingress.IngressEvent;
import io.landfall.ingress.IngressSettings;
import io.landfall.ingress.IngressView;
import io.landfall.ingress.ListenerLiveness;
import io.landfall.ingress.Upstream;
import io.landfall.node.ControlLoop;
import io.landfall.node.peering.PeeringDriver;
import io.landfall.node.peering.UpstreamSessions;
import io.landfall.transport.Sockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.netty.channel.EventLoopGroup;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Plane one alone in a process of its own, so that a lab can kill it: one control thread, one
 * upstream, commands on standard input, transitions and views on standard output.
 *
 * <p>Arguments are {@code key=value}: {@code prefixes} (comma-separated), {@code upstream}, {@code
 * asn}, {@code local-asn}, and if wanted {@code local}, {@code md5}, {@code gtsm=true}, {@code
 * role=customer|peer|rs-client}, {@code role-strict=true}, {@code prepends}, {@code communities}
 * (as {@code 64500:1}), {@code large} (as {@code 64500:1:2}), {@code next-hop}, {@code
 * drain-millis}, {@code hold}. Commands: {@code drain}, {@code undrain}, {@code listener-failed},
 * {@code listener-restored}, {@code show}, {@code shutdown TEXT}.
 */
public final class IngressDriver {
  private static final Block OVERLAY = Block.parse("10.32.0.0/23");

  /** An error on the control thread ends the process, as it does in the daemon. */
  private static final int EXIT_BROKEN = 70;

  private final EventLoopGroup loops = Sockets.loops(1, "control");
  private final ControlLoop control =
      new ControlLoop(loops.next(), () -> Runtime.getRuntime().halt(EXIT_BROKEN));
  private final UpstreamSessions upstreams;

  private IngressDriver(Map<String, String> options) throws UnknownHostException {
    Upstream upstream = upstream(options);
    IngressSettings config =
        new IngressSettings(
            Arrays.stream(needed(options, "prefixes").split(","))
                .map(text -> AnycastPrefix.parse(text, OVERLAY))
                .toList(),
            List.of(upstream),
            0x0A200001,
            Long.parseLong(options.getOrDefault("drain-millis", "10000")),
            0);
    Ingress ingress =
        new Ingress(config, ThreadLocalRandom.current()::nextLong, System.currentTimeMillis());
    upstreams =
        new UpstreamSessions(
            ingress,
            Map.of(upstream.name(), spec(options, upstream)),
            new PeeringDriver.Host(loops, control),
            note ->
                System.out.println(
                    "NOTE "
                        + note.subject()
                        + " "
                        + note.from()
                        + " -> "
                        + note.to()
                        + ": "
                        + note.cause()));
  }

  private static Upstream upstream(Map<String, String> options) throws UnknownHostException {
    List<Integer> communities =
        list(options, "communities").stream()
            .map(text -> text.split(":"))
            .map(part -> Integer.parseInt(part[0]) << 16 | Integer.parseInt(part[1]))
            .toList();
    List<LargeCommunity> large =
        list(options, "large").stream()
            .map(text -> text.split(":"))
            .map(
                part ->
                    new LargeCommunity(
                        Integer.parseUnsignedInt(part[0]),
                        Integer.parseUnsignedInt(part[1]),
                        Integer.parseUnsignedInt(part[2])))
            .toList();
    List<InetAddress> nextHops =
        list(options, "next-hop").stream().map(IngressDriver::address).toList();
    return new Upstream(
        address(needed(options, "upstream")),
        Asn.of(Long.parseLong(needed(options, "local-asn"))),
        Asn.of(Long.parseLong(needed(options, "asn"))),
        SessionConfig.Role.valueOf(
            options.getOrDefault("role", "none").toUpperCase(Locale.ROOT).replace('-', '_')),
        "true".equals(options.get("role-strict"))
            ? SessionConfig.RoleMode.STRICT
            : SessionConfig.RoleMode.LENIENT,
        new Announcement(
            Integer.parseInt(options.getOrDefault("prepends", "0")),
            communities,
            large,
            OptionalLong.empty(),
            nextHops),
        new Upstream.Timing(Integer.parseInt(options.getOrDefault("hold", "30")), 60, 1));
  }

  private static BgpTcpSpec spec(Map<String, String> options, Upstream upstream) {
    return new BgpTcpSpec(
        new InetSocketAddress(upstream.address(), BgpTcpSpec.BGP_PORT),
        Optional.ofNullable(options.get("local")).map(IngressDriver::address),
        Optional.ofNullable(options.get("md5"))
            .map(key -> new BgpTcpSpec.Md5Key(key.getBytes(StandardCharsets.UTF_8))),
        "true".equals(options.get("gtsm")) ? 1 : 0,
        new BgpTcpSpec.Timeouts(1_000, 10_000));
  }

  private static String needed(Map<String, String> options, String key) {
    String value = options.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the driver needs " + key + "=");
    }
    return value;
  }

  private static List<String> list(Map<String, String> options, String key) {
    String text = options.getOrDefault(key, "");
    return text.isEmpty() ? List.of() : List.of(text.split(","));
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByAddress(Addresses.parseLiteral(literal).orElseThrow());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  private void command(String line) {
    switch (line.split(" ")[0]) {
      case "drain" -> upstreams.handle(new IngressEvent.OperatorDrain());
      case "undrain" -> upstreams.handle(new IngressEvent.OperatorUndrain());
      case "listener-failed" -> upstreams.handle(new IngressEvent.ListenerFailed("by the lab"));
      case "shutdown" -> {
        var _ =
            upstreams
                .shutdown(line.substring("shutdown".length()).strip())
                .thenRun(() -> System.exit(0));
      }
      case "show" -> show(upstreams.view());
      default -> System.out.println("UNKNOWN " + line);
    }
    System.out.println("DONE " + line);
  }

  private static void show(IngressView view) {
    view.prefixes()
        .forEach(
            row ->
                System.out.println(
                    "PREFIX " + row.prefix() + " " + row.upstream() + " " + row.state().label()));
    view.upstreams()
        .forEach(
            row ->
                System.out.println(
                    "UPSTREAM "
                        + row.name()
                        + " "
                        + row.session()
                        + " refused="
                        + row.refused()
                        + " error="
                        + row.lastError().orElse("-")));
    System.out.println("UPDATES " + view.updatesSent() + " EOR " + view.endOfRibSent());
  }

  /** Runs until shutdown, end of input, or a kill. */
  public static void main(String[] arguments) throws IOException {
    // Its standard output is read by labs: Netty's own words go elsewhere.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    Map<String, String> options = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      options.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    IngressDriver driver = new IngressDriver(options);
    driver.control.execute(
        () -> driver.upstreams.handle(new IngressEvent.Start(ListenerLiveness.ACCEPTING)));
    System.out.println("STARTED");
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line = in.readLine();
      while (line != null) {
        String command = line;
        driver.control.execute(() -> driver.command(command));
        line = in.readLine();
      }
    }
    System.exit(0);
  }
}
