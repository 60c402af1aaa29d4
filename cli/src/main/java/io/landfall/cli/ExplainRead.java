package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.ExplainView;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.List;

/**
 * What would happen to a request.
 *
 * @param url with or without a scheme
 * @param from the address of the client; empty for whoever asks
 * @param fields fields of the request, each {@code name: value}
 */
record ExplainRead(String url, String from, List<String> fields) implements Read {
  /** Copies the list. */
  ExplainRead {
    fields = List.copyOf(fields);
  }

  /** Whoever asks. */
  ExplainRead(String url) {
    this(url, "", List.of());
  }

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    StringBuilder query =
        new StringBuilder("/v1/explain?url=").append(URLEncoder.encode(url, UTF_8));
    if (!from.isEmpty()) {
      query.append("&from=").append(URLEncoder.encode(from, UTF_8));
    }
    fields.forEach(field -> query.append("&field=").append(URLEncoder.encode(field, UTF_8)));
    String body = client.look(query.toString());
    ExplainView answer = JsonReader.read(body, ExplainView.class);
    if (json) {
      out.print(body);
    } else {
      ViewTables.explain(answer, out);
    }
    out.flush();
    return answer.decision().outcome().equals("decline") ? ExitCode.NO : ExitCode.OK;
  }
}
