package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

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
    String body = client.get("/v1/explain?url=" + URLEncoder.encode(url, UTF_8));
    Json answer = Json.parse(body);
    if (json) {
      out.print(body);
    } else {
      Views.explain(answer, out);
    }
    out.flush();
    return answer.text("outcome").equals("decline") ? ExitCode.NO : ExitCode.OK;
  }
}
