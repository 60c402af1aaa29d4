package io.landfall.admin;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.RefusedReport;
import io.landfall.admin.model.RouteRow;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** An overlay with one route and one peer, and a hub that a test feeds. */
final class FakeRouting implements RoutingBackend {
  volatile boolean late;
  final MonitorHub hub = new MonitorHub();
  volatile RouteQuery asked = new RouteQuery(Optional.empty(), Optional.empty(), false);

  private final BooleanSupplier broken;

  /**
   * A table.
   *
   * @param broken whether reading it fails
   */
  FakeRouting(BooleanSupplier broken) {
    this.broken = broken;
  }

  @Override
  public QueryResult<List<RouteRow>> routes(RouteQuery query) {
    if (broken.getAsBoolean()) {
      throw new IllegalStateException("the control thread is gone");
    }
    if (late) {
      throw new Unavailable("the control thread did not answer in time");
    }
    asked = query;
    return switch (query.address().orElse("")) {
      case "", "10.32.1.10" ->
          new QueryResult.Found<>(
              List.of(
                  new RouteRow(
                      "10.32.1.10",
                      "service",
                      "shop",
                      List.of(
                          new RouteRow.Path(
                              "10.32.0.2",
                              "nyc",
                              true,
                              0,
                              100,
                              12.34567,
                              "DRAINING",
                              Optional.empty())))));
      case "10.32.1.11" -> new QueryResult.Found<>(List.of());
      default -> new QueryResult.Wrong<>("that is no host of the block");
    };
  }

  @Override
  public QueryResult<PeerReport> peer(String peer) {
    return peer.equals("nyc")
        ? new QueryResult.Found<>(SampleReports.NYC)
        : new QueryResult.Missing<>("there is no peer '" + peer + "'; did you mean nyc?");
  }

  @Override
  public QueryResult<RefusedReport> refused(String peer) {
    return new QueryResult.Missing<>("there is no peer '" + peer + "'; did you mean nyc?");
  }

  @Override
  public LookingGlass lookingGlass() {
    return new LookingGlass() {
      @Override
      public JsonObject status() {
        return new JsonObject().put("router_id", "10.32.0.1");
      }

      @Override
      public JsonObject protocols(Protocols which) {
        return new JsonObject().put("nyc", new JsonObject().put("form", which.name()));
      }

      @Override
      public QueryResult<List<JsonObject>> routes(Which which, String peer) {
        return peer.equals("nyc")
            ? new QueryResult.Found<>(List.of(new JsonObject().put("which", which.name())))
            : new QueryResult.Missing<>("there is no peer '" + peer + "'");
      }

      @Override
      public QueryResult<List<JsonObject>> net(String net) {
        return new QueryResult.Found<>(List.of(new JsonObject().put("network", net)));
      }

      @Override
      public QueryResult<List<JsonObject>> table(Which which) {
        return new QueryResult.Found<>(List.of(new JsonObject().put("table", which.name())));
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
