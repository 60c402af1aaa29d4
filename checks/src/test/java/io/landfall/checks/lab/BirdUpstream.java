package io.landfall.checks.lab;

import io.landfall.lab.host.ChildProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** BIRD as an upstream router with GTSM. */
final class BirdUpstream implements UpstreamRouter {
  private final Bird bird;

  BirdUpstream(Setup setup) {
    List<String> extra = new ArrayList<>();
    if (!setup.role().isEmpty()) {
      extra.add("local role " + setup.role().replace('-', '_') + ";");
      extra.add(setup.strict() ? "require roles on;" : "require roles off;");
    }
    BirdConfig config = new BirdConfig("192.0.2.1", 64500);
    setup
        .page()
        .ifPresentOrElse(
            config::section,
            () ->
                config
                    .exportsStatic("0.0.0.0/0")
                    .exportsStatic("203.0.113.0/24")
                    .neighbor(node(extra)));
    this.bird = Bird.start(setup.namespace(), setup.dir(), "bird", config);
  }

  /** The node as BIRD sees it: with MD5, GTSM and these lines more. */
  static BirdConfig.Neighbor node(List<String> extra) {
    return new BirdConfig.Neighbor(
        "node", "192.0.2.1", "192.0.2.2", 64496, Optional.of(MD5_KEY), true, extra);
  }

  @Override
  public String route(String prefix) {
    return bird.route(prefix);
  }

  @Override
  public String path(int times) {
    return "BGP.as_path: " + String.join(" ", Collections.nCopies(times, "64496")) + "\n";
  }

  @Override
  public List<String> communityWords() {
    return List.of("(64500,100)", "(64500, 1, 2)");
  }

  @Override
  public String gracefulShutdownWord() {
    return "(65535,0)";
  }

  @Override
  public ChildProcess process() {
    return bird.process();
  }

  @Override
  public String log() {
    return bird.query("show protocols all node") + bird.log();
  }
}
