package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonValue;
import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.CacheUrlReport;
import io.landfall.admin.model.ConfigurationStatus;
import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RefusedReport;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.RequestReport;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.admin.model.RouteRow;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.admin.model.TlsStatus;
import io.landfall.admin.model.TunnelStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every view writes times and durations alike, and fits the terminal. */
class ViewFormatsTest {
  private static final int COLUMNS = 80;

  /** A time in UTC, to the millisecond. */
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  private static final String DURATION =
      "-?(\\d\\.\\dm?s|\\d{1,3}ms|\\d{1,2}s|\\d{1,2}m\\d\\ds|\\d{1,2}h\\d\\dm|\\d+d\\d\\dh)";

  /** What may be meant as a time or duration, in whatever form. */
  private static final Pattern LIKE_ONE =
      Pattern.compile(
          "(?<!\\S)[(]?(\\d[\\d-]*T\\S+|\\d\\d:\\d\\d\\S*|-?\\d[\\d.]*(ms|s|m|h|d)\\S*)");

  /** Numbers without a unit, whose unit stood in the heading or nowhere. */
  private static final Pattern BARE =
      Pattern.compile("\\b(12345(\\.0)?|7754(\\.25)?|12\\.345)\\b(?!ms|s)");

  /** A view with every member there, as a node answers it. */
  record View(String name, String json) {
    @Override
    public String toString() {
      return name;
    }

    String printed() {
      StringWriter out = new StringWriter();
      PrintWriter writer = new PrintWriter(out);
      print(writer);
      writer.flush();
      return out.toString();
    }

    private void print(PrintWriter out) {
      switch (name) {
        case "peer" -> PeerText.print(JsonReader.read(json, PeerReport.class), out);
        case "refused peer" -> RefusedText.print(JsonReader.read(json, RefusedReport.class), out);
        case "cache url" -> CacheText.print(JsonReader.read(json, CacheUrlReport.class), out);
        case "explain" -> ViewTables.explain(JsonReader.read(json, ExplainView.class), out);
        case "request" -> RequestText.print(JsonReader.read(json, RequestReport.class), out);
        case "routes" -> ViewTables.routes(JsonReader.readAll(json, RouteRow.class), out);
        case "routes all" -> RouteText.print(JsonReader.readAll(json, RouteRow.class), out);
        case "monitor" -> EventText.print(JsonValue.parse(json), out);
        default -> ViewTables.print(name, json, out);
      }
    }
  }

  static Stream<View> views() {
    Map<String, Class<? extends Record>> lists =
        new TreeMap<>(
            Map.of(
                "peers", PeerRow.class,
                "services", ServiceStatus.class,
                "bfd", BfdRow.class,
                "refused", RefusedRow.class,
                "decisions", DecisionView.class,
                "routes", RouteRow.class,
                "routes all", RouteRow.class));
    Map<String, Class<? extends Record>> objects =
        new TreeMap<>(
            Map.of(
                "peer", PeerReport.class,
                "refused peer", RefusedReport.class,
                "cache", CacheReport.class,
                "configuration", ConfigurationStatus.class,
                "cache url", CacheUrlReport.class,
                "explain", ExplainView.class,
                "ingress", IngressStatus.class,
                "revocations", RevocationStatus.class,
                "tunnels", TunnelStatus.class,
                "tls", TlsStatus.class));
    objects.put("request", RequestReport.class);
    String event =
        "{\"time\":\"2026-11-26T09:14:33.120Z\",\"type\":\"path\",\"name\":\"nyc\","
            + "\"before\":\"alive\",\"after\":\"dead\",\"why\":\"silent\"}";
    return Stream.of(
            lists.entrySet().stream()
                .map(e -> new View(e.getKey(), "[" + SampleAnswers.of(e.getValue()) + "]")),
            objects.entrySet().stream()
                .map(e -> new View(e.getKey(), SampleAnswers.of(e.getValue()))),
            Stream.of(new View("monitor", event)))
        .flatMap(each -> each);
  }

  @AfterEach
  void noTerminal() {
    System.clearProperty(Table.COLUMNS);
  }

  @Test
  void everyViewIsAmongThem() {
    List<String> names = views().map(View::name).toList();
    assertThat(names).containsAll(ViewRead.WHOLE).containsAll(ViewRead.OF_PEERS);
  }

  @ParameterizedTest
  @MethodSource("views")
  void timesAndDurationsHaveOneForm(View view) {
    String text = view.printed();
    assertThat(
            LIKE_ONE
                .matcher(text)
                .results()
                .map(found -> found.group(1).replaceAll("[,;:)]+$", "")))
        .allMatch(word -> word.matches(TIME) || word.matches(DURATION));
    assertThat(BARE.matcher(text).results().map(found -> found.group())).as(text).isEmpty();
    assertThat(text).doesNotContainPattern("\\b(MS|MILLIS|SECONDS)\\b");
  }

  @ParameterizedTest
  @MethodSource("views")
  void noLineIsWiderThanTheTerminal(View view) {
    System.setProperty(Table.COLUMNS, Integer.toString(COLUMNS));
    assertThat(view.printed().lines().filter(line -> line.length() > COLUMNS)).isEmpty();
  }
}
