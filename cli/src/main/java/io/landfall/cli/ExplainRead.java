package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.ExplainView;
import java.io.PrintWriter;
import java.net.URLEncoder;

/**
 * What would happen to a request.
 *
 * @param url with or without a scheme
 */
record ExplainRead(String url) implements Read {
  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    String body = client.look("/v1/explain?url=" + URLEncoder.encode(url, UTF_8));
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
