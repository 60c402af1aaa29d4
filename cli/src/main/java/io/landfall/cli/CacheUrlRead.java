package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.CacheUrlReport;
import java.io.PrintWriter;
import java.net.URLEncoder;

/**
 * What a node has stored of one URL.
 *
 * @param url with or without a scheme
 */
record CacheUrlRead(String url) implements Read {
  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    String body = client.look("/v1/show/cache?url=" + URLEncoder.encode(url, UTF_8));
    CacheUrlReport report = JsonReader.read(body, CacheUrlReport.class);
    if (json) {
      out.print(body);
    } else {
      CacheText.print(report, out);
    }
    out.flush();
    return report.stored().isEmpty() ? ExitCode.NO : ExitCode.OK;
  }
}
