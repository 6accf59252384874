package org.howdah.hadoop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import org.apache.hadoop.net.StandardSocketFactory;

/**
 * Makes every connection come from the address in the system property
 * <code>howdah.source.address</code>.
 *
 * <p>The NameNode knows a DataNode by the source address of its connection, which Linux makes
 * 127.0.0.1 for whoever listens on 127.0.0.11 or 127.0.0.12: such DataNodes would evict each other.
 */
public class SourceAddressSocketFactory extends StandardSocketFactory {
  @Override
  public Socket createSocket() throws IOException {
    SocketChannel channel = SocketChannel.open();
    String source = System.getProperty("howdah.source.address");
    if (source != null) {
      channel.bind(new InetSocketAddress(source, 0));
    }
    return channel.socket();
  }
}
