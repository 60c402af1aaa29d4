package io.landfall.edge.server;

import io.landfall.core.ServiceName;
import io.landfall.edge.TunnelSettings;
import io.landfall.edge.tcp.TcpClients;
import io.landfall.edge.tls.PassThrough;
import io.landfall.edge.tls.TlsInput;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;

/**
 * Connections with a server name of a TCP service: TLS is not ended here.
 *
 * @param settings which names there are
 * @param clients where their connections go
 */
record TcpByName(TunnelSettings settings, TcpClients clients) implements PassThrough {
  @Override
  public boolean isFor(String serverName) {
    return settings.tcpService(serverName) != null;
  }

  @Override
  public void take(ChannelHandlerContext reader, String serverName) {
    ServiceName service = settings.tcpService(serverName);
    if (service != null) {
      ChannelPipeline pipeline = reader.pipeline();
      pipeline.removeLast(); // It is none of HTTP.
      pipeline.remove(TlsInput.class);
      reader.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
      pipeline.replace(reader.handler(), null, clients.handler(service));
    }
  }
}
