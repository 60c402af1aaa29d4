/** The PROXY protocol, versions 1 and 2: headers that are received and sent. */
package io.landfall.edge.proxy;
