package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.ConsoleSource;
import io.landfall.admin.QueryResult;
import io.landfall.admin.Unavailable;
import io.landfall.admin.client.HttpCall;
import io.landfall.admin.client.HttpCall.Answer;
import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.ConsoleView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.FleetView;
import io.landfall.admin.model.Problem;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Several nodes as one console shows them: all are asked at once, and one that does not answer is
 * shown with its problem and with what it answered last.
 */
final class FleetNodes implements ConsoleSource {
  /** How long a node may take, so that one that hangs does not make all others old. */
  static final long TIMEOUT_MILLIS = 2_000;

  private final List<Place> places;
  private final ConcurrentMap<String, Seen> seen = new ConcurrentHashMap<>();

  FleetNodes(List<Place> places) {
    this.places = List.copyOf(places);
  }

  /**
   * Where a node is asked.
   *
   * @param name the name that the operator gave, or the socket
   * @param address its admin socket, or a loopback address
   * @param from the same for people
   */
  record Place(String name, SocketAddress address, String from) {}

  /** What a node answered last, and when. */
  private record Seen(ConsoleView view, long nanos) {}

  @Override
  public FleetView view() {
    List<Thread> asking = new ArrayList<>();
    ConcurrentMap<String, String> problems = new ConcurrentHashMap<>();
    for (Place place : places) {
      asking.add(
          Thread.ofVirtual()
              .name("console-" + place.name())
              .start(() -> ask(place).ifPresent(why -> problems.put(place.name(), why))));
    }
    try {
      for (Thread each : asking) {
        each.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the console stops");
    }
    return new FleetView(
        places.stream()
            .map(place -> member(place, Optional.ofNullable(problems.get(place.name()))))
            .toList());
  }

  private FleetView.Member member(Place place, Optional<String> problem) {
    Optional<Seen> last = Optional.ofNullable(seen.get(place.name()));
    double age =
        last.map(each -> (System.nanoTime() - each.nanos()) / (double) TimeUnit.SECONDS.toNanos(1))
            .orElse(0.0);
    return new FleetView.Member(
        last.map(each -> each.view().about().node()).orElse(place.name()),
        place.from(),
        problem,
        age,
        last.map(Seen::view));
  }

  /** Why it has not answered; empty when it has. */
  private Optional<String> ask(Place place) {
    try {
      Answer answer = HttpCall.get(place.address(), "localhost", "/console/view", TIMEOUT_MILLIS);
      if (answer.status() == 404) {
        return Optional.of("it has no console: its version is older than this one");
      }
      if (answer.status() != 200) {
        return Optional.of(detail(answer));
      }
      Optional<ConsoleView> view =
          JsonReader.read(answer.body(), FleetView.class).nodes().stream()
              .findFirst()
              .flatMap(FleetView.Member::view);
      view.ifPresent(each -> seen.put(place.name(), new Seen(each, System.nanoTime())));
      return view.isPresent() ? Optional.empty() : Optional.of("its answer has no node");
    } catch (IOException e) {
      return Optional.of(FailureText.of(e));
    } catch (IllegalArgumentException notOfTheModel) {
      return Optional.of("its answer is not understood: " + FailureText.of(notOfTheModel));
    }
  }

  @Override
  public QueryResult<ExplainView> explain(String node, String url) {
    Optional<Place> at =
        places.stream()
            .filter(place -> node.isEmpty() || member(place, Optional.empty()).name().equals(node))
            .findFirst();
    if (at.isEmpty()) {
      return new QueryResult.Missing<>("this console has no node '" + node + "'");
    }
    try {
      Answer answer =
          HttpCall.get(
              at.get().address(),
              "localhost",
              "/console/explain?url=" + URLEncoder.encode(url, UTF_8),
              TIMEOUT_MILLIS);
      return switch (answer.status()) {
        case 200 -> new QueryResult.Found<>(JsonReader.read(answer.body(), ExplainView.class));
        case 400 -> new QueryResult.Wrong<>(detail(answer));
        case 404 -> new QueryResult.Missing<>(detail(answer));
        default -> throw new Unavailable(detail(answer));
      };
    } catch (IOException | IllegalArgumentException e) {
      throw new Unavailable("cannot ask " + at.get().name() + ": " + FailureText.of(e));
    }
  }

  private static String detail(Answer answer) {
    try {
      return JsonReader.read(answer.body(), Problem.class).detail();
    } catch (IllegalArgumentException notJson) {
      return "it answers with status " + answer.status();
    }
  }
}
