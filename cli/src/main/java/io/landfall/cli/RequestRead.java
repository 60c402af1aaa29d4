package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.RequestReport;
import java.io.PrintWriter;
import java.net.URLEncoder;

/**
 * What became of one request.
 *
 * @param id its X-Request-ID
 */
record RequestRead(String id) implements Read {
  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    String body = client.look("/v1/explain/request?id=" + URLEncoder.encode(id, UTF_8));
    RequestReport report = JsonReader.read(body, RequestReport.class);
    if (report.here().isEmpty()) {
      throw new IllegalArgumentException("the answer has nothing of the request");
    }
    if (json) {
      out.print(body);
    } else {
      RequestText.print(report, out);
    }
    out.flush();
    return ExitCode.OK;
  }
}
