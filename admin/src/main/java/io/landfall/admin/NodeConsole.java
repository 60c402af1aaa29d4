package io.landfall.admin;

import io.landfall.admin.model.ConsoleView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.FleetView;
import io.landfall.admin.model.StatusPage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The console of one node, served by the node itself. */
final class NodeConsole implements ConsoleSource {
  private final AdminBackend backend;
  private final ConsoleFeed feed;
  private final String version;

  NodeConsole(AdminBackend backend, ConsoleFeed feed, String version) {
    this.backend = backend;
    this.feed = feed;
    this.version = version;
  }

  @Override
  public FleetView view() {
    ConsoleView view = read();
    return new FleetView(
        List.of(
            new FleetView.Member(
                view.about().node(), "this node", Optional.empty(), 0, Optional.of(view))));
  }

  private ConsoleView read() {
    Optional<Instant> since = feed.since();
    AdminBackend.Self self = backend.self();
    ConsoleView.Past past = new ConsoleView.Past(backend.refused(), since, feed.events());
    ConsoleView view =
        new ConsoleView(
            new ConsoleView.About(self.name(), self.identity(), version, Instant.now()),
            backend.configure().status(),
            List.of(),
            backend.peers(),
            backend.services(),
            backend.ingress(),
            backend.bfd(),
            past);
    return new ConsoleView(
        view.about(),
        view.configuration(),
        problems(view),
        view.peers(),
        view.services(),
        view.ingress(),
        view.bfd(),
        past);
  }

  /** The same sentences as in {@code show status}. */
  private List<String> problems(ConsoleView view) {
    StatusPage page = new StatusPage();
    page.peers(view.peers());
    page.services(view.services());
    page.paths(view.bfd());
    page.ingress(view.ingress());
    page.revocations(backend.revocations());
    page.tls(backend.tls());
    page.tunnels(backend.tunnels());
    page.cache(backend.cache().report());
    page.configuration(view.configuration());
    return page.problems();
  }

  @Override
  public QueryResult<ExplainView> explain(String node, String url) {
    return ExplainApi.explain(backend, url, Optional.empty(), false);
  }
}
