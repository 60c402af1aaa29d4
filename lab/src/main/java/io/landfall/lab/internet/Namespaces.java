package io.landfall.lab.internet;

import io.landfall.lab.LabFailure;
import io.landfall.lab.LabPlan;
import io.landfall.lab.host.Command;
import io.landfall.lab.host.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The network namespaces of a lab: made together, gone together.
 *
 * <p>Their names are written to a file in the lab's folder before they are made. A lab that is
 * killed leaves namespaces and routers behind; the next lab in the folder reads the file, and ends
 * exactly what is in it.
 */
final class Namespaces {
  private static final String FILE = "namespaces.txt";
  private static final Pattern OURS =
      Pattern.compile("lf[0-9]+[a-z]?-(site|router|client)-[a-z0-9-]+");
  private static final int SUFFIXES = 26;

  private final InternetPlan plan;
  private final Path file;
  private final String ip;
  private final String prefix;
  private boolean closed;

  private Namespaces(InternetPlan plan, Path file, String ip, String prefix) {
    this.plan = plan;
    this.file = file;
    this.ip = ip;
    this.prefix = prefix;
  }

  /** Names that are not in use, with this process's id in them. Ends what an older lab left. */
  static Namespaces named(InternetPlan plan, Path directory, Path ip, long pid)
      throws IOException, LabFailure {
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      for (String name : Files.readAllLines(file)) {
        if (OURS.matcher(name).matches()) {
          NetworkNamespace.remove(name);
        }
      }
      Files.delete(file);
    }
    String used = "\n" + Command.must(List.of(ip.toString(), "netns", "list"), "");
    String prefix = "lf" + pid;
    for (int i = 0; i < SUFFIXES && used.contains("\n" + prefix + "-"); i++) {
      prefix = "lf" + pid + (char) ('a' + i);
    }
    return new Namespaces(plan, file, ip.toString(), prefix);
  }

  /** What all names of this lab start with. */
  String prefix() {
    return prefix;
  }

  String site(LabPlan.Site site) {
    return prefix + "-site-" + site.name();
  }

  String router(LabPlan.Site site) {
    return prefix + "-router-" + site.name();
  }

  String client(LabPlan.Site site) {
    return prefix + "-client-" + site.name();
  }

  /** All of them. */
  List<String> names() {
    List<String> all = new ArrayList<>();
    plan.lab().sites().forEach(at -> all.addAll(List.of(site(at), router(at), client(at))));
    return all;
  }

  /** The command that runs a command inside. */
  List<String> inside(String namespace, List<String> command) {
    return NetworkNamespace.inside(namespace, command);
  }

  /** Makes them, joins them with cables, gives them addresses and default routes. */
  synchronized void make() throws IOException, LabFailure {
    if (closed) {
      throw new LabFailure("the lab ends");
    }
    Files.write(file, names());
    List<String> lines = new ArrayList<>();
    names().forEach(name -> lines.add("netns add " + name));
    for (LabPlan.Site at : plan.lab().sites()) {
      lines.add(cable(site(at), "uplink", router(at), "site"));
      lines.add(cable(client(at), "uplink", router(at), "client"));
    }
    for (InternetPlan.Transit link : plan.transits()) {
      lines.add(cable(router(link.one()), link.device(), router(link.other()), link.device()));
    }
    batch(List.of(ip, "-batch", "-"), lines);
    for (LabPlan.Site at : plan.lab().sites()) {
      configure(
          site(at),
          List.of("uplink " + InternetPlan.node(at) + "/28"),
          List.of(
              "address add " + InternetPlan.ANYCAST_ADDRESS + "/32 dev lo",
              "route add default via " + InternetPlan.router(at)));
      configure(
          client(at),
          List.of("uplink " + InternetPlan.client(at) + "/28"),
          List.of("route add default via " + InternetPlan.clientGateway(at)));
      List<String> devices = new ArrayList<>();
      devices.add("site " + InternetPlan.router(at) + "/28");
      devices.add("client " + InternetPlan.clientGateway(at) + "/28");
      plan.transits(at)
          .forEach(link -> devices.add(link.device() + " " + link.address(at) + "/30"));
      configure(router(at), devices, List.of());
      forward(router(at));
    }
  }

  private static String cable(String one, String device, String other, String otherDevice) {
    return "link add %s netns %s type veth peer name %s netns %s"
        .formatted(device, one, otherDevice, other);
  }

  private void configure(String namespace, List<String> devices, List<String> more) {
    List<String> lines = new ArrayList<>(List.of("link set lo up"));
    for (String device : devices) {
      String[] words = device.split(" ", 2);
      lines.add("address add " + words[1] + " dev " + words[0]);
      lines.add("link set " + words[0] + " up");
    }
    lines.addAll(more);
    batch(List.of(ip, "-netns", namespace, "-batch", "-"), lines);
  }

  private void forward(String namespace) {
    // A router forwards; and the way back of an anycast flow need not be the way there.
    String script =
        "cd /proc/sys/net/ipv4 && echo 1 > ip_forward && echo 0 > conf/all/rp_filter"
            + " && for each in conf/*/rp_filter; do echo 0 > $each; done";
    Command.must(inside(namespace, List.of("sh", "-c", script)), "");
  }

  private static void batch(List<String> command, List<String> lines) {
    Command.must(command, lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
  }

  /** Ends what runs inside and takes all of them away. */
  synchronized void close() throws IOException {
    closed = true;
    if (Files.exists(file)) {
      for (String name : names()) {
        NetworkNamespace.remove(name);
      }
      Files.deleteIfExists(file);
    }
  }
}
