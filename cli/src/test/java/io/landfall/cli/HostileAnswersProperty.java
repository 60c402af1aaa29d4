package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonValue;
import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RefusedReport;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.admin.model.RouteRow;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.admin.model.TunnelStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a socket answers, a read prints it or says that it is not understood: no other failure,
 * and nothing that moves the cursor.
 */
class HostileAnswersProperty {
  private static final int DOCUMENTS = 500;
  private static final int MAX_DEPTH = 6;
  private static final int MAX_MEMBERS = 12;

  private static final List<String> SCALARS =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-1",
          "1e999",
          "-1e999",
          "0.0000001",
          "99999999999999999999999999",
          "\"\"",
          "\"-\"",
          "\"shop\"",
          "\"65535:0\"",
          "\"2026-11-26T09:14:33.120Z\"",
          "\"+1000000000-12-31T23:59:59.999999999Z\"",
          "\"not a time\"",
          "\"\\u001b[2J\\u009b1m\\n\\r\\b\\u0000\"",
          "\"\\ud800\"",
          "\"\\u202egnp\\u2066\"",
          "\"NaN\"");

  private static final List<Class<? extends Record>> MODEL =
      List.of(
          BfdRow.class,
          CacheReport.class,
          DecisionView.class,
          ExplainView.class,
          IngressStatus.class,
          PeerReport.class,
          PeerRow.class,
          RefusedReport.class,
          RefusedRow.class,
          RevocationStatus.class,
          RouteRow.class,
          ServiceStatus.class,
          TunnelStatus.class);

  private final List<String> names = new ArrayList<>(names());

  /** What prints one view. */
  private interface Printer {
    void print(String json, PrintWriter out);
  }

  private static List<Printer> printers() {
    List<Printer> printers = new ArrayList<>();
    for (String view : ViewRead.WHOLE) {
      printers.add((json, out) -> ViewTables.print(view, json, out));
    }
    for (String view : ViewRead.OF_PEERS) {
      printers.add((json, out) -> ViewTables.print(view, json, out));
    }
    printers.add((json, out) -> ViewTables.routes(JsonReader.readAll(json, RouteRow.class), out));
    printers.add((json, out) -> RouteText.print(JsonReader.readAll(json, RouteRow.class), out));
    printers.add((json, out) -> ViewTables.explain(JsonReader.read(json, ExplainView.class), out));
    printers.add((json, out) -> PeerText.print(JsonReader.read(json, PeerReport.class), out));
    printers.add((json, out) -> RefusedText.print(JsonReader.read(json, RefusedReport.class), out));
    printers.add((json, out) -> EventText.print(JsonValue.parse(json), out));
    return printers;
  }

  private static Set<String> names() {
    Set<String> names = new LinkedHashSet<>(List.of("before", "after", "type", "peer", "cause"));
    MODEL.forEach(type -> names(type, names));
    return names;
  }

  private static void names(Type type, Set<String> names) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        names(argument, names);
      }
    } else if (type instanceof Class<?> plain && plain.isRecord()) {
      for (RecordComponent component : plain.getRecordComponents()) {
        names.add(component.getName());
        names(component.getGenericType(), names);
      }
    }
  }

  private String json(Random random, int depth) {
    int kind = depth >= MAX_DEPTH ? 2 : random.nextInt(3);
    if (kind == 2 && depth > 0) {
      return SCALARS.get(random.nextInt(SCALARS.size()));
    }
    StringBuilder text = new StringBuilder();
    int members = random.nextInt(kind == 0 ? 3 : depth == 0 ? names.size() : MAX_MEMBERS);
    for (int i = 0; i < members; i++) {
      text.append(i == 0 ? "" : ",");
      if (kind != 0) {
        text.append('"').append(names.get(random.nextInt(names.size()))).append("\":");
      }
      text.append(json(random, depth + (kind == 0 ? 1 : 2)));
    }
    return kind == 0 ? "[" + text + "]" : "{" + text + "}";
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyAnswerIsPrintedOrNotUnderstood(long seed) {
    Random random = new Random(seed);
    List<Printer> printers = printers();
    int printed = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      String whole = json(random, random.nextInt(2));
      boolean cut = random.nextInt(8) == 0;
      String document = cut ? whole.substring(0, random.nextInt(whole.length() + 1)) : whole;
      for (String each : List.of(document, "[" + document + "]")) {
        for (Printer printer : printers) {
          printed += check(printer, each) ? 1 : 0;
        }
      }
    }
    assertThat(printed).as("documents that were of use").isGreaterThan(DOCUMENTS);
  }

  private static boolean check(Printer printer, String document) {
    StringWriter text = new StringWriter();
    try {
      printer.print(document, new PrintWriter(text));
    } catch (IllegalArgumentException notUnderstood) {
      return false;
    }
    assertThat(text.toString().chars().filter(c -> c != '\n').noneMatch(Character::isISOControl))
        .as(document)
        .isTrue();
    return true;
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"paths\":"})
  void whatIsNestedWithoutEndIsNotUnderstood(String open) {
    String document = open.repeat(100_000);
    for (Printer printer : printers()) {
      assertThat(check(printer, document)).isFalse();
    }
  }
}
