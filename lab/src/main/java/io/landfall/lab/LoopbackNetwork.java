package io.landfall.lab;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A lab's network for any user: loopback addresses, and routers that are part of the lab itself.
 */
final class LoopbackNetwork implements LabNetwork {
  private final FreeNet net;
  private final Map<String, UpstreamRouter> routers = new LinkedHashMap<>();

  private LoopbackNetwork(FreeNet net) {
    this.net = net;
  }

  /** Takes addresses that are not in use. */
  static LoopbackNetwork find(List<String> sites) throws IOException, LabFailure {
    Optional<FreeNet> net = FreeNet.find(sites, FreeNet.USUAL);
    if (net.isEmpty()) {
      throw new LabFailure(
          "no free loopback addresses 127.x.n.1 with the lab's ports; is this Linux, and how many"
              + " labs run here?");
    }
    return new LoopbackNetwork(net.orElseThrow());
  }

  @Override
  public LabPlan plan() {
    return net.plan();
  }

  @Override
  public void open(LabLayout layout) throws IOException {
    for (LabPlan.Site site : plan().sites()) {
      routers.put(site.name(), UpstreamRouter.start(site));
    }
  }

  @Override
  public void awaitPaths(LabConsole console) {
    // Loopback addresses are there.
  }

  /** What each upstream router has received, by site. */
  Map<String, UpstreamRouter.Heard> heard() {
    Map<String, UpstreamRouter.Heard> all = new LinkedHashMap<>();
    routers.forEach((site, router) -> all.put(site, router.heard()));
    return all;
  }

  @Override
  public List<String> at(LabPlan.Site site, List<String> command) {
    return command;
  }

  @Override
  public List<String> missing(LabPlan.Site site) {
    UpstreamRouter.Heard heard = heard().get(site.name());
    return heard != null && heard.announced().contains(LabPlan.ANYCAST)
        ? List.of()
        : List.of(site.name() + " has not announced " + LabPlan.ANYCAST + " to its router");
  }

  @Override
  public String json() {
    return "";
  }

  @Override
  public String table(Lab lab) {
    return new LabReport(lab).table();
  }

  @Override
  public boolean tour(Lab lab, LabConsole console) throws IOException, InterruptedException {
    return new Tour(lab, this, console).run();
  }

  @Override
  public void close() throws IOException {
    for (UpstreamRouter router : routers.values()) {
      router.close();
    }
    net.close();
  }
}
