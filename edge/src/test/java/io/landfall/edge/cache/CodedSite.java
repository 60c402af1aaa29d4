package io.landfall.edge.cache;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.landfall.cache.CachePolicy;
import io.landfall.cache.Coding;
import io.landfall.cache.CompressionPolicy;
import io.landfall.edge.CacheViews;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** Sites for tests whose service shop has variants in further codings, and who reads those. */
final class CodedSite {
  static final String TAG = "\"v1\"";

  /** Text that becomes shorter with each coding. */
  static final String TEXT = "Sites differ: not every cache is warm. ".repeat(100);

  private CodedSite() {}

  static CachePolicy policy() {
    return CachePolicy.DEFAULT.withCompression(CompressionPolicy.DEFAULT);
  }

  static TestSite of(String name, int number) {
    return CachedSite.of(name, number, policy());
  }

  /** A response with a body, and such lines; without a coding. */
  static String response(String body, String... lines) {
    return "HTTP/1.1 200 OK\r\n"
        + CachedSite.joined(lines)
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** A backend that gives the text, for a minute. */
  static TestBackend text(String... lines) {
    return new TestBackend(
        (request, in, out) ->
            TestBackend.raw(
                out,
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Type: text/html;"
                    + " charset=utf-8\r\n"
                    + CachedSite.joined(lines)
                    + "Content-Length: "
                    + TEXT.length()
                    + "\r\n\r\n"
                    + TEXT));
  }

  static CacheViews.Coded coded(TestSite site) {
    return CachedSite.view(site).coded();
  }

  /** Has a variant made of what is stored, and waits until it is there. */
  static void make(TestSite site, String path, Coding coding) {
    long before = coded(site).made();
    CachedSite.ask(site, path, "Accept-Encoding: " + coding.token());
    TestSite.await("it is stored", () -> CachedSite.ask(site, path).field("age").isPresent());
    CachedSite.ask(site, path, "Accept-Encoding: " + coding.token());
    TestSite.await("a variant is made", () -> coded(site).made() > before);
  }

  /** What the real decoder reads. */
  static String decoded(RawClient.Answer answer) {
    byte[] bytes = answer.body().getBytes(StandardCharsets.ISO_8859_1);
    String coding = answer.field("content-encoding").orElse("identity");
    try (InputStream in = decoder(coding, new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static InputStream decoder(String coding, InputStream in) throws IOException {
    return switch (coding) {
      case "gzip" -> new GZIPInputStream(in);
      case "br" -> new BrotliInputStream(in);
      case "zstd" -> new ZstdInputStreamNoFinalizer(in);
      default -> in;
    };
  }
}
