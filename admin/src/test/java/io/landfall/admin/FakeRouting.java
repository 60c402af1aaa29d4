package io.landfall.admin;

import java.util.List;
import java.util.Optional;

/** An overlay with one route and one peer, and a hub that a test feeds. */
final class FakeRouting implements RoutingBackend {
  final MonitorHub hub = new MonitorHub();
  volatile RouteQuery asked = new RouteQuery(Optional.empty(), Optional.empty(), false);

  @Override
  public Looked routes(RouteQuery query) {
    asked = query;
    return switch (query.address().orElse("")) {
      case "", "10.32.1.10" ->
          new Looked.Listed(List.of(new Fields().put("address", "10.32.1.10")));
      case "10.32.1.11" -> new Looked.Listed(List.of());
      default -> new Looked.Wrong("that is no host of the block");
    };
  }

  @Override
  public Looked peer(String peer) {
    return peer.equals("nyc")
        ? new Looked.Found(new Fields().put("name", "nyc").put("flaps", 2))
        : new Looked.Missing("there is no peer '" + peer + "'; did you mean nyc?");
  }

  @Override
  public Looked refused(String peer) {
    return peer(peer);
  }

  @Override
  public LookingGlass lookingGlass() {
    return new LookingGlass() {
      @Override
      public Fields status() {
        return new Fields().put("router_id", "10.32.0.1");
      }

      @Override
      public Fields protocols(boolean shortForm) {
        return new Fields().put("nyc", new Fields().put("short", shortForm));
      }

      @Override
      public Looked routes(Which which, String peer) {
        return peer.equals("nyc")
            ? new Looked.Listed(List.of(new Fields().put("which", which.name())))
            : new Looked.Missing("there is no peer '" + peer + "'");
      }

      @Override
      public Looked net(String net) {
        return new Looked.Listed(List.of(new Fields().put("network", net)));
      }

      @Override
      public Looked table(Which which) {
        return new Looked.Listed(List.of(new Fields().put("table", which.name())));
      }
    };
  }

  @Override
  public Optional<String> unknownIn(MonitorFilter filter) {
    return filter.peer().filter("nobody"::equals).map(name -> "there is no peer '" + name + "'");
  }

  @Override
  public Optional<MonitorWatch> watch(MonitorFilter filter) {
    MonitorWatch[] self = new MonitorWatch[1];
    self[0] = new MonitorWatch(filter, () -> hub.remove(self[0]));
    return hub.add(self[0]);
  }
}
