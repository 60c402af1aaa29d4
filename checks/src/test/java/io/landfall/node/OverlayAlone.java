package io.landfall.node;

import io.landfall.bgp.peering.Peering;
import io.landfall.control.ControlConfig;
import io.landfall.control.ControlPlane;
import io.landfall.control.Neighbors;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.node.peering.PeeringDriver;
import io.landfall.node.peering.PlainNeighbor;
import io.landfall.node.peering.PlainNeighbors;
import io.landfall.node.watch.RouteMonitoring;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.RouteView;
import io.landfall.signal.LocalSignals;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.Sockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Plane two alone in a process of its own, over plain TCP, so that a lab can give it every signal
 * and tier at will: no edge, no probes, no certificates, one thread.
 *
 * <p>Arguments are {@code key=value}: {@code name}, {@code block}, {@code identity}, {@code asn},
 * {@code listen=ADDRESS:PORT}, {@code reflector=true}, {@code nodes=PREFIX} (whose routes may come
 * through others), {@code entitle=any-in-block}, and any number of {@code
 * neighbor=NAME,IDENTITY,ADDRESS,RELATION[,dial][,md5=KEY][,gtsm][,port=N] [,service=ADDRESS]}.
 * What is not given is not allowed.
 *
 * <p>Who watches: {@code bmp=ADDRESS:PORT} (several), {@code mrt-updates=FILE}, {@code
 * mrt-table=FILE}, {@code mrt-rotate=SECONDS}, {@code statistics=SECONDS}.
 *
 * <p>Commands on standard input: {@code originate ADDRESS SIGNAL TIER}, {@code withdraw ADDRESS},
 * {@code drain}, {@code drained}, {@code undrain}, {@code routes}, {@code stop TEXT}; answers go to
 * standard output and end with a line {@code .}. The end of standard input ends nothing.
 */
public final class OverlayAlone {
  private static final int EXIT_BROKEN = 70;

  private final ControlLoop control;
  private final EventLoopGroup loops = Sockets.loops(1, "landfall-control");
  private final ControlDriver driver;
  private final PlainNeighbors neighbors;
  private final OverlayAloneOptions options;
  private final RouteMonitoring watching;

  private OverlayAlone(OverlayAloneOptions options) {
    this.options = options;
    this.control = new ControlLoop(loops.next(), () -> Runtime.getRuntime().halt(EXIT_BROKEN));
    OverlaySettings config = config(options);
    this.driver =
        new ControlDriver(
            new ControlPlane(
                ControlConfig.ofReflector(config.identity()),
                new Overlay(config, OverlayAlone::random),
                new LocalSignals(List.of(), 0),
                new Neighbors(config.name(), config.identity()),
                OverlayAlone::random),
            control,
            ignored -> {});
    this.watching = OverlayWatching.of(options.watch(), driver, control);
    this.neighbors =
        new PlainNeighbors(neighbors(options), new PeeringDriver.Host(loops, control), driver);
  }

  /** Runs until the process is ended. */
  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  public static void main(String[] args) throws IOException {
    OverlayAlone overlay;
    try {
      overlay = new OverlayAlone(OverlayAloneOptions.parse(args));
    } catch (IllegalArgumentException e) {
      System.err.println("overlay alone: " + e.getMessage());
      System.exit(1);
      return;
    }
    overlay.start();
    overlay.readCommands();
    overlay.loops.terminationFuture().awaitUninterruptibly();
  }

  private static OverlaySettings config(OverlayAloneOptions options) {
    return new OverlaySettings(
        new NodeName(options.text("name", "reflector")),
        options.identity(),
        new Asn(Integer.parseUnsignedInt(options.text("asn", "4200000000"))),
        options.flag("reflector")
            ? OverlaySettings.Reflection.REFLECTOR
            : OverlaySettings.Reflection.NONE,
        OverlayLimits.usual(),
        NodeCosts.equal(),
        options.directory());
  }

  private static List<PlainNeighbor> neighbors(OverlayAloneOptions options) {
    List<PlainNeighbor> list = new ArrayList<>();
    for (String text : options.all("neighbor")) {
      list.add(neighbor(options.identity().block(), text));
    }
    return list;
  }

  private static PlainNeighbor neighbor(Block block, String text) {
    String[] words = text.split(",");
    if (words.length < 4) {
      throw new IllegalArgumentException("neighbor=NAME,IDENTITY,ADDRESS,RELATION, not " + text);
    }
    TreeSet<HostAddress> services = new TreeSet<>();
    Optional<BgpTcpSpec.Md5Key> key = Optional.empty();
    boolean dials = false;
    boolean ttlSecurity = false;
    int port = BgpTcpSpec.BGP_PORT;
    for (int i = 4; i < words.length; i++) {
      String word = words[i];
      String value = word.substring(word.indexOf('=') + 1);
      switch (word.substring(0, word.length() - value.length())) {
        case "md5=" ->
            key = Optional.of(new BgpTcpSpec.Md5Key(value.getBytes(StandardCharsets.UTF_8)));
        case "port=" -> port = Integer.parseInt(value);
        case "service=" -> services.add(block.parseHost(value));
        default -> {
          switch (word) {
            case "dial" -> dials = true;
            case "gtsm" -> ttlSecurity = true;
            default -> throw new IllegalArgumentException("neighbor option '" + word + "'");
          }
        }
      }
    }
    return new PlainNeighbor(
        new PeerInfo(
            new NodeName(words[0]),
            block.parseHost(words[1]),
            services,
            PeerInfo.Relation.valueOf(words[3].toUpperCase(Locale.ROOT))),
        new BgpTcpSpec(
            new InetSocketAddress(InetAddress.ofLiteral(words[2]), port),
            Optional.empty(),
            key,
            ttlSecurity ? 1 : 0,
            BgpTcpSpec.Timeouts.DEFAULT),
        dials ? Peering.Dialling.WHILE_ALONE : Peering.Dialling.NEVER);
  }

  private static long random(long bound) {
    return ThreadLocalRandom.current().nextLong(bound);
  }

  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  private void start() {
    if (options.listen().isPresent()) {
      ChannelFuture bound =
          neighbors.listen(options.listen().get(), OpenSockets.NONE).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        System.err.println("overlay alone: " + options.listen().get() + ": " + bound.cause());
        System.exit(1);
      }
    }
    control.execute(
        () -> {
          watching.start();
          driver.apply(new OverlayEvent.LocalServicesEvaluated());
          neighbors.start();
        });
  }

  private void readCommands() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line;
    while ((line = in.readLine()) != null) {
      String command = line;
      control.execute(() -> obey(command.split(" ", 4)));
    }
  }

  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  private void obey(String[] words) {
    Block block = options.identity().block();
    List<?> answer = List.of();
    switch (words[0]) {
      case "originate" ->
          driver.apply(
              new OverlayEvent.Originate(
                  block.parseHost(words[1]),
                  Signal.valueOf(words[2].toUpperCase(Locale.ROOT)),
                  Long.parseLong(words[3])));
      case "withdraw" ->
          driver.apply(new OverlayEvent.Originate(block.parseHost(words[1]), Signal.DOWN, 0));
      case "drain" -> driver.apply(new OverlayEvent.DrainBegin());
      case "drained" -> driver.apply(new OverlayEvent.DrainWithdraw(1));
      case "undrain" -> driver.apply(new OverlayEvent.DrainEnd());
      case "routes" -> answer = paths(driver.overlay().routes());
      case "stop" -> {
        watching.stop("stopped");
        neighbors.stop();
        driver.apply(new OverlayEvent.Shutdown(words.length > 1 ? words[1] : "stopped"));
      }
      default -> answer = List.of("no such command: " + words[0]);
    }
    answer.forEach(System.out::println);
    System.out.println(".");
  }

  /** One line for each path, without what differs between runs: what a lab compares. */
  private static List<String> paths(List<RouteView> routes) {
    List<String> lines = new ArrayList<>();
    for (RouteView route : routes) {
      for (RouteView.PathView path : route.paths()) {
        String from = path.learned().from().map(NodeName::value).orElse("-");
        lines.add(
            String.join(
                " ",
                route.host().toString(),
                "by",
                path.nextHop().toString(),
                "from",
                from,
                path.signal().name(),
                "tier",
                Long.toString(path.tier())));
      }
    }
    return lines;
  }
}
