package io.landfall.edge.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class Http1ResponseWriterTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final ChannelHandlerContext context = channel.pipeline().lastContext();
  private final Http1ResponseWriter writer = new Http1ResponseWriter();

  @AfterEach
  void close() {
    writer.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void aShortBodyLeavesInTheBufferOfItsHead() {
    head(5);
    writer.body(context, bytes("he"));
    writer.body(context, bytes("llo"));
    writer.end(context);
    writer.flush(context);

    assertThat(sent()).containsExactly("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
  }

  @Test
  void aLongBodyIsNotCopied() {
    String body = "x".repeat(Http1ResponseWriter.COPIED_BYTES + 1);
    head(body.length());
    ByteBuf piece = bytes(body);
    writer.body(context, piece);
    writer.flush(context);

    assertThat(channel.outboundMessages()).hasSize(2);
    assertThat(channel.outboundMessages()).last().isSameAs(piece);
  }

  @Test
  void aHeadWhoseBodyHasNotComeLeavesWithAFlush() {
    head(5);
    writer.body(context, bytes("he"));
    writer.flush(context);

    assertThat(sent()).containsExactly("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe");

    writer.body(context, bytes("llo"));
    writer.end(context);
    writer.flush(context);

    assertThat(sent()).containsExactly("llo");
  }

  @Test
  void aResponseThatIsGivenUpIsNotSent() {
    head(5);
    ByteBuf piece = bytes("he");
    writer.body(context, piece);
    writer.release();
    writer.flush(context);

    assertThat(piece.refCnt()).isZero();
    assertThat(channel.outboundMessages()).isEmpty();
  }

  private void head(long length) {
    FieldLines fields = new FieldLines(1);
    fields.add(FieldNames.CONTENT_LENGTH, AsciiString.of(Long.toString(length)));
    writer.head(context, 200, fields, Framing.length(length), true, false);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private List<String> sent() {
    List<String> all = new ArrayList<>();
    for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
      all.add(each.toString(StandardCharsets.US_ASCII));
      each.release();
    }
    return all;
  }
}
